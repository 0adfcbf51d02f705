"""The gait clock against hand arithmetic."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canter.control.gait.gait_clock import (
    MOVE_THRESHOLD,
    advance,
    clock_features,
    desired_stance,
    foot_clock,
    foot_phases,
    gait_offsets,
    is_moving,
    wrap,
)
from canter.control.types import GAIT_RANGES, GaitCommand


def default_offsets() -> np.ndarray:
    """Return the foot offsets of the default command, (4,)."""
    values = dict(zip(GAIT_RANGES, GaitCommand().to_array(), strict=True))
    return gait_offsets(values)


def test_moving_is_the_norm_over_all_three_velocities() -> None:
    below, above = 0.99 * MOVE_THRESHOLD, 1.01 * MOVE_THRESHOLD
    vx = np.array([0.0, below, above, 0.0, 0.0, -above, 0.6 * above])
    vy = np.array([0.0, 0.0, 0.0, above, 0.0, 0.0, 0.8 * above])
    wz = np.array([0.0, 0.0, 0.0, 0.0, -above, 0.0, 0.0])
    assert is_moving(vx, vy, wz).tolist() == [False, False, True, True, True, True, True]


def test_fifty_periods_at_two_hertz_make_two_cycles() -> None:
    phase, travelled = np.zeros(3, np.float32), np.zeros(3)
    for _ in range(50):
        after = advance(phase, np.ones(3, bool), np.full(3, 2.0, np.float32), 0.02)
        travelled += wrap(after - phase)
        phase = after
    np.testing.assert_allclose(travelled, 2.0, atol=1e-5)
    assert phase.dtype == np.float32


def test_at_rest_the_phase_returns_to_zero() -> None:
    phase = advance(np.array([0.3, 0.3]), np.array([True, False]), np.array([2.0, 2.0]), 0.02)
    np.testing.assert_allclose(phase, [0.34, 0.0])
    np.testing.assert_array_equal(clock_features(phase, np.array([True, False]))[1], [0, 1, 0])


def test_features_of_a_quarter_cycle() -> None:
    features = clock_features(np.array(0.25), np.array(True))
    assert features.shape == (3,)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, [1, 0, 1], atol=1e-6)


def test_default_command_trots_in_diagonal_pairs() -> None:
    feet = foot_phases(np.array([0.1, 0.6]), default_offsets())
    np.testing.assert_allclose(feet, [[0.1, 0.6, 0.6, 0.1], [0.6, 0.1, 0.1, 0.6]], atol=1e-12)
    stance = desired_stance(feet, np.array([True, True]))
    assert stance.tolist() == [[True, False, False, True], [False, True, True, False]]


def test_a_foot_behind_the_front_left_one_lands_later() -> None:
    offsets = np.array([0.0, 0.25, 0.5, 0.75])
    np.testing.assert_allclose(foot_phases(np.array(0.25), offsets), [0.25, 0.0, 0.75, 0.5])


def test_at_rest_every_foot_stands() -> None:
    assert desired_stance(np.full((2, 4), 0.9), np.array([False, False])).all()


@given(st.floats(-1e3, 1e3, width=32))
def test_a_wrapped_phase_is_a_cycle_fraction(phase: float) -> None:
    wrapped = wrap(np.array(phase, np.float32))
    assert 0 <= wrapped < 1


@given(st.floats(0, 0.999), st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_foot_clock_is_the_sine_and_cosine_of_each_foots_own_phase(
    phase: float, behind: list[float]
) -> None:
    offsets = np.array(behind)
    moving = np.array(True)
    seen = foot_clock(clock_features(np.array(phase), moving), offsets)
    angle = 2 * np.pi * foot_phases(np.array(phase), offsets)
    np.testing.assert_allclose(seen, [*np.sin(angle), *np.cos(angle), 1.0], atol=1e-5)
    rest = foot_clock(clock_features(np.array(phase), np.array(False)), offsets)
    np.testing.assert_array_equal(rest, [0, 0, 0, 0, 1, 1, 1, 1, 0])
