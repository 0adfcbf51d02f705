"""How long something has held."""

from canter.sim.tasks.dwell_timer import DwellTimer


def test_a_condition_counts_after_its_span_without_a_break() -> None:
    timer = DwellTimer(1.0)
    held = [0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0]
    answers = [timer.update(0.25 * i, bool(now)) for i, now in enumerate(held)]
    oracle = [i >= 4 and all(held[i - 4 : i + 1]) for i in range(len(held))]
    assert answers == oracle
