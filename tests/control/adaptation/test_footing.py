"""The footing law on loads whose place is known, and on a linear body whose answer is closed."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from canter.control.adaptation.footing import Footing
from canter.control.adaptation.laws import FootingLaw
from canter.control.dynamics.legs import Legs
from canter.control.dynamics.tree import Float
from canter.control.robot import GO2
from canter.control.types import JointCommand

NOMINAL = 62.0
"""What a leg of the nominal robot carries, N."""
DT = 0.016
FEET = Legs(GO2).posture(GO2.default_q).foot
MIDDLE = FEET[:, :2].mean(axis=0)
ALWAYS = FootingLaw(dead=1e-9, ramp=1e-9)
"""The law without its dead zone: linear as long as nothing is limited."""


def extra_of(place: Float) -> Float:
    """Return what four legs carry beyond nominal when the nominal weight lies elsewhere, N, (4,).

    Of the forces that hold a rigid body, the least ones: of affine form in the feet's places.
    """
    feet = FEET[:, :2] - MIDDLE
    rows = np.vstack([np.ones(4), feet.T])
    force, *_ = np.linalg.lstsq(rows, 4 * NOMINAL * np.array([1.0, *place]), rcond=None)
    return np.asarray(force - NOMINAL)


def settled(law: FootingLaw, place: Float, seconds: float, lag: float = 0.8) -> Footing:
    """Return the law after a weight lay at a place of the base; legs are read with a lag, s."""
    footing = Footing(law, GO2, 1)
    read = np.zeros(4)
    for _ in range(round(seconds / DT)):
        read += (extra_of(place - footing.shift[0]) - read) * DT / lag
        footing.follow(read[None], NOMINAL, DT)
    return footing


@pytest.mark.parametrize("place", [(0.05, 0.0), (-0.06, 0.03), (0.0, -0.04)])
def test_feet_follow_the_weight_by_the_law_s_part(place: tuple[float, float]) -> None:
    shift = settled(ALWAYS, np.array(place), 20.0).shift[0]
    np.testing.assert_allclose(shift, ALWAYS.part * np.array(place), atol=1e-5)


def test_the_way_there_is_that_of_the_linear_system() -> None:
    """place_read' = (place - shift - place_read) / lag, shift' = rate (part (...) - shift)."""
    law, place, lag = FootingLaw(dead=1e-9, ramp=1e-9, slew=10.0), 0.05, 0.8
    a, r, p = 1 / lag, law.rate, law.part
    system = np.array([[-a, -a, a * place], [r * p, -r * (1 - p), 0.0], [0.0, 0.0, 0.0]])
    for seconds in (0.2, 0.8, 2.0):
        exact = (expm(system * seconds) @ np.array([0.0, 0.0, 1.0]))[1]
        ours = settled(law, np.array([place, 0.0]), seconds, lag).shift[0, 0]
        assert ours == pytest.approx(exact, abs=0.08 * law.part * place)


def test_a_weight_in_the_dead_zone_leaves_the_command_as_it_is() -> None:
    footing = settled(FootingLaw(), np.array([0.9 * FootingLaw().dead, 0.0]), 3.0)
    command = JointCommand(GO2.default_q, np.ones(12), np.ones(12), np.zeros(12), math.inf)
    assert footing.apply(command) is command


def test_the_targets_move_the_feet_by_the_shift() -> None:
    footing = settled(ALWAYS, np.array([-0.1, 0.04]), 20.0)
    command = JointCommand(GO2.default_q, np.ones(12), np.ones(12), np.zeros(12), math.inf)
    moved = Legs(GO2).posture(footing.apply(command).q_target.reshape(12)).foot - FEET
    np.testing.assert_allclose(moved[:, :2], np.tile(footing.shift, (4, 1)), atol=3e-3)
    np.testing.assert_allclose(moved[:, 2], 0.0, atol=1e-2)


@given(st.lists(st.floats(-20, 120), min_size=4, max_size=4), st.integers(1, 400))
@settings(max_examples=50, deadline=None)
def test_shift_and_speed_stay_within_their_limits(extra: list[float], calls: int) -> None:
    law, footing = FootingLaw(), Footing(FootingLaw(), GO2, 1)
    for _ in range(calls):
        before = footing.shift
        footing.follow(np.array([extra]), NOMINAL, DT)
        assert np.linalg.norm(footing.shift - before) <= law.slew * DT * (1 + 1e-9)
    assert np.linalg.norm(footing.shift) <= law.most * (1 + 1e-9)


def test_reset_returns_the_feet_of_the_masked_robots() -> None:
    footing = Footing(ALWAYS, GO2, 2)
    footing.follow(np.array([[50.0, 0, 0, 0]] * 2), NOMINAL, DT)
    footing.reset(np.array([True, False]))
    assert not footing.shift[0].any()
    assert not footing.joints[0].any()
    assert footing.shift[1].any()
