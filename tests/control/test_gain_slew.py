"""Gains against the straight line that they may follow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.gain_slew import GainSlew
from canter.control.impedance import hold_command
from canter.control.types import JointCommand

GAIN = st.floats(0.0, 150.0)


def command(kp: float, kd: float = 1.0) -> JointCommand:
    return hold_command(np.zeros(12), np.full(12, kp), np.full(12, kd), 0.0)


@settings(deadline=None)
@given(start=GAIN, goal=GAIN, ticks=st.integers(1, 40))
def test_gains_follow_the_ramp(start: float, goal: float, ticks: int) -> None:
    slew = GainSlew(1000.0, 100.0)
    slew.limit(command(start), 0.0)
    for tick in range(1, ticks + 1):
        last = slew.limit(command(goal), tick * 0.002)
    ramp = np.clip(goal, start - 2.0 * ticks, start + 2.0 * ticks)
    np.testing.assert_allclose(last.kp, ramp, atol=1e-9)


def test_only_what_is_too_fast_is_changed() -> None:
    slew = GainSlew(1000.0, 100.0)
    first, second = command(20.0), command(21.0)
    assert slew.limit(first, 0.0) is first
    assert slew.limit(second, 0.002) is second
    fast = slew.limit(command(25.0, 3.0), 0.004)
    np.testing.assert_allclose((fast.kp, fast.kd), (np.full(12, 23.0), np.full(12, 1.2)))
    np.testing.assert_array_equal(fast.q_target, second.q_target)


def test_time_that_stands_still_or_goes_back_changes_no_gain() -> None:
    slew = GainSlew(1000.0, 100.0)
    slew.limit(command(20.0), 1.0)
    for now in (1.0, 0.5):
        assert slew.limit(command(30.0), now).kp == pytest.approx(20.0)


def test_a_batch_axis_may_come_and_go() -> None:
    slew = GainSlew(1000.0, 100.0)
    slew.limit(command(0.0), 0.0)
    batched = hold_command(np.zeros((1, 12)), np.full((1, 12), 9.0), np.ones((1, 12)), 0.0)
    assert slew.limit(batched, 0.002).kp == pytest.approx(np.full((1, 12), 2.0))
    assert slew.limit(command(9.0), 0.004).kp == pytest.approx(np.full(12, 4.0))


def test_forget_lets_pass() -> None:
    slew = GainSlew(1000.0, 100.0)
    slew.limit(command(0.0), 0.0)
    slew.forget()
    given = command(100.0)
    assert slew.limit(given, 0.0) is given
