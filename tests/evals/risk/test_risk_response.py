"""What the response to likely falls changes, paired: by hand, and on robots that nothing pushes."""

import numpy as np
import pytest

from canter.control.locomotion import SHIPPED
from canter.control.safety.posture_risk import PostureRisk
from canter.control.session import OnnxSession
from canter.evals.risk.risk_response import PostureTrace, compare, course, plan


def walked(fell: list[bool], crouches: list[int], error: list[float]) -> PostureTrace:
    n = len(fell)
    counts = np.array(crouches, float)
    return PostureTrace(np.array(fell), np.full(n, 30.0), counts, 0.5 * counts, np.array(error))


def test_pairs_are_counted_by_hand() -> None:
    before = walked([True, True, False, False], [0] * 4, [0.2] * 4)
    after = walked([False, True, False, True], [3, 1, 0, 0], [0.3] * 4)
    found = compare(before, after, 0)
    assert (found["saved"], found["felled"], found["mcnemar_p"]) == (1, 1, 1.0)
    assert found["fell"] == {"none": 2, "crouch": 2}
    assert found["fell_change"]["value"] == 0.0
    assert found["crouches_per_10_min"]["value"] == pytest.approx(4 / 0.2)
    assert found["crouched_share"] == pytest.approx(2.0 / 120.0)
    assert found["speed_error_change"]["value"] == pytest.approx(0.1)


def test_robots_that_never_crouch_walk_the_same_bits_with_the_response_and_without() -> None:
    session, model = OnnxSession(SHIPPED), PostureRisk.load()
    told = plan(session, "shoved", 3, 0.6, 5)
    assert told.commands.shape == (30, 3, 12)
    plain = course(session, None, "shoved", told, 5)
    heeding = course(session, model, "shoved", told, 5)
    assert not heeding.crouches.any()
    np.testing.assert_array_equal(plain.speed_error, heeding.speed_error)


def test_no_robot_is_pushed_before_it_walks() -> None:
    told = plan(OnnxSession(SHIPPED), "shoved", 50, 2.0, 6)
    assert not told.pushes[:50].any()
    assert told.pushes[50:].any()
    assert np.linalg.norm(told.pushes, axis=-1).max() <= 2.0
