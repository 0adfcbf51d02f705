"""How long something has held, and what judges keep."""

import numpy as np

from canter.sim.families.lasting import Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.tally import Tally


def test_a_condition_counts_after_its_span_without_a_break() -> None:
    lasting = Lasting(1.0)
    held = [0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0]
    answers = [lasting.update(0.25 * i, bool(now)) for i, now in enumerate(held)]
    oracle = [i >= 4 and all(held[i - 4 : i + 1]) for i in range(len(held))]
    assert answers == oracle


def moment(time: float, *, touched: bool = False, fallen: bool = False) -> Moment:
    place, quat = np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0])
    return Moment(time, (0.0, 0.0, 0.0), place, quat, 0.0, touched, frozenset(), fallen)


def test_a_tally_names_the_first_cause_that_holds() -> None:
    tally = Tally()
    tally.note(moment(0.5))
    assert tally.verdict({"lost": True, "late": True}).reason == "lost"
    assert tally.verdict({"lost": False}).reason == "timeout"
    tally.note(moment(1.0, touched=True))
    tally.note(moment(1.5))
    verdict = tally.verdict({"lost": True})
    assert (verdict.reason, verdict.touched, verdict.time) == ("touched", True, 1.5)
    assert not tally.clean
