"""How long something has held, and what judges keep."""

import numpy as np

from canter.sim.tasks.dwell_timer import DwellTimer
from canter.sim.tasks.success_state import SuccessState
from canter.sim.world_state import WorldState


def test_a_condition_counts_after_its_span_without_a_break() -> None:
    lasting = DwellTimer(1.0)
    held = [0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0]
    answers = [lasting.update(0.25 * i, bool(now)) for i, now in enumerate(held)]
    oracle = [i >= 4 and all(held[i - 4 : i + 1]) for i in range(len(held))]
    assert answers == oracle


def world(time: float, *, touched: bool = False, fallen: bool = False) -> WorldState:
    place, quat = np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0])
    return WorldState(time, (0.0, 0.0, 0.0), place, quat, 0.0, touched, frozenset(), fallen)


def test_a_tally_names_the_first_cause_that_holds() -> None:
    state = SuccessState()
    state.note(world(0.5))
    assert state.verdict({"lost": True, "late": True}).reason == "lost"
    assert state.verdict({"lost": False}).reason == "timeout"
    state.note(world(1.0, touched=True))
    state.note(world(1.5))
    verdict = state.verdict({"lost": True})
    assert (verdict.reason, verdict.touched, verdict.time) == ("touched", True, 1.5)
    assert not state.clean
