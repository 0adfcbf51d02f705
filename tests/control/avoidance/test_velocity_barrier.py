"""The barrier by hand, and against a solver of quadratic programmes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.avoidance.footprint import Footprint
from canter.control.avoidance.velocity_barrier import (
    TURN_WEIGHT,
    BarrierSettings,
    VelocityBarrier,
)
from canter.control.robot import GO2

Float = NDArray[np.float64]
BODY = Footprint(front=0.4, back=0.3, side=0.2, top=0.1)
AT_ONCE = BarrierSettings(margin=0.1, rate=2.0, latency=0.0, push=0.15)
STILL = np.zeros(3)


def told(*velocity: float) -> Float:
    return np.array(velocity)


def wall(gap: float) -> Float:
    """Return points of a wall as wide as the body, so far before it, m."""
    y = np.linspace(-BODY.side, BODY.side, 41)
    return np.stack([np.full_like(y, BODY.front + gap), y], axis=-1)


def test_the_footprint_holds_feet_and_nose() -> None:
    found = Footprint.of(GO2)
    assert found.front == pytest.approx(0.35)  # the camera at 0.33 and 2 cm
    assert found.back == pytest.approx(0.1946 + 0.022 + 0.08, abs=2e-3)  # hips, feet, stride
    assert found.side == pytest.approx(0.142 + 0.022 + 0.04, abs=2e-3)


def test_the_approach_slows_down_with_the_gap() -> None:
    barrier = VelocityBarrier(BODY, AT_ONCE)
    for gap, fastest in ((0.6, 1.0), (0.35, 0.5), (0.15, 0.1), (0.1, 0.0)):
        found = barrier.filter(told(1.0, 0.0, 0.0), STILL, wall(gap))
        np.testing.assert_allclose(found, [fastest, 0.0, 0.0], atol=5e-3)


def test_what_leads_away_and_what_leads_along_is_left_alone() -> None:
    barrier = VelocityBarrier(BODY, AT_ONCE)
    for wanted in (told(-0.5, 0.0, 0.0), told(0.0, 0.3, 0.0)):
        assert barrier.filter(wanted, STILL, wall(0.11)) is wanted
    slid = barrier.filter(told(0.8, 0.3, 0.0), STILL, wall(0.1))
    np.testing.assert_allclose(slid, [0.0, 0.3, 0.0], atol=5e-3)


def test_latency_counts_what_the_robot_still_covers() -> None:
    late = VelocityBarrier(BODY, BarrierSettings(margin=0.1, rate=2.0, latency=0.2))
    found = late.filter(told(1.0, 0.0, 0.0), told(0.5, 0.0, 0.0), wall(0.35))
    assert found[0] == pytest.approx(2.0 * (0.35 - 0.5 * 0.2 - 0.1), abs=5e-3)


def test_a_turn_that_would_swing_the_tail_into_a_post_is_slowed() -> None:
    barrier = VelocityBarrier(BODY, AT_ONCE)
    post = np.array([[-0.25, -BODY.side - 0.1]])  # beside the tail, on the right
    left, right = (barrier.filter(told(0.0, 0.0, w), STILL, post) for w in (1.0, -1.0))
    assert abs(left[2]) < 0.9 or left[1] > 0.05  # to the left, the tail swings to the right
    np.testing.assert_array_equal(right, [0.0, 0.0, -1.0])


def test_it_never_moves_a_robot_that_is_told_to_stand_and_retreats_slowly_otherwise() -> None:
    barrier = VelocityBarrier(BODY, AT_ONCE)
    stand = told(0.0, 0.0, 0.0)
    assert barrier.filter(stand, STILL, wall(0.01)) is stand
    pushed = barrier.filter(told(0.5, 0.0, 0.0), STILL, wall(0.01))
    assert pushed[0] == pytest.approx(-AT_ONCE.push, abs=0.01)


def test_through_a_passage_it_goes_on_and_to_neither_side() -> None:
    x = np.linspace(-1.0, 1.0, 81)
    away = BODY.side + 0.08
    sides = np.concatenate([np.stack([x, np.full_like(x, side)], -1) for side in (-away, away)])
    found = VelocityBarrier(BODY).filter(told(0.5, 0.4, 0.3), STILL, sides)
    assert found[0] > 0.2
    assert abs(found[1]) < 0.1


def test_it_is_the_nearest_velocity_that_the_half_planes_allow() -> None:
    optimise = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(3)
    barrier = VelocityBarrier(BODY, AT_ONCE)
    scale = np.array([1.0, 1.0, TURN_WEIGHT])
    for _ in range(8):
        points = rng.uniform(-1.2, 1.2, (40, 2))
        points = points[(points != BODY.nearest(points)).any(axis=-1)]
        wanted = rng.uniform(-1.0, 1.0, 3)
        points = points[np.linalg.norm(points - BODY.nearest(points), axis=-1) > AT_ONCE.margin]
        rows, most, _ = barrier._half_planes(STILL, points)
        best = optimise.minimize(
            lambda v, at=wanted: ((scale * (v - at)) ** 2).sum(),
            np.zeros(3),
            constraints={"type": "ineq", "fun": lambda v, a=rows, b=most: b - a @ v},
        )
        found = barrier.filter(wanted, STILL, points)
        assert (rows @ found <= most + 0.031).all()
        assert best.success
        assert ((scale * (found - wanted)) ** 2).sum() == pytest.approx(best.fun, abs=0.03)
