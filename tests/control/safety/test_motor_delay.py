"""Delays of motors against a signal whose delay is known."""

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.control.safety.motor_delay import LEARN_S, MotorDelay
from canter.control.safety.motor_watch import MotorWatch
from canter.control.types import Array, JointCommand
from tests.control.states import standing

DT, CANDIDATES = 0.004, 12


def torque(time: float) -> Array:
    """Return what is asked for at a time, Nm, (12,): as many frequencies as joints."""
    return np.asarray(10.0 * np.sin(2 * np.pi * (3.0 + np.arange(12)) * time))


def guess(lag: int, seconds: float, scale: float = 1.0, dead: int | None = None) -> list[int]:
    """Return the candidates, in looks, that motors which answer `lag` looks late leave possible."""
    delay, rng = MotorDelay(CANDIDATES), np.random.default_rng(0)
    possible = np.zeros(CANDIDATES, bool)
    for look in range(round(seconds / DT)):
        time = look * DT
        asked = np.stack([torque(time - k * DT) for k in range(CANDIDATES)])
        shown = scale * asked[lag] + rng.normal(0, 0.3, 12)
        if dead is not None:
            shown[dead] = 0.0
        possible = delay.look(asked, shown, DT)
    return np.flatnonzero(possible).tolist()


@pytest.mark.parametrize("lag", [0, 1, 4, 11])
@pytest.mark.parametrize("scale", [1.0, 0.8])
@pytest.mark.parametrize("dead", [None, 3])
def test_the_true_delay_stays_possible_and_far_ones_do_not(
    lag: int, scale: float, dead: int | None
) -> None:
    """Also of weak motors, and with one that is dead."""
    left = guess(lag, 2.0, scale, dead)
    assert lag in left
    assert all(abs(one - lag) <= 3 for one in left)


def test_nothing_is_ruled_out_before_there_is_anything_to_learn_from() -> None:
    assert guess(4, LEARN_S - 2 * DT) == list(range(CANDIDATES))


def test_a_robot_that_stands_still_rules_nothing_out() -> None:
    delay = MotorDelay(CANDIDATES)
    asked = np.tile(torque(0.1), (CANDIDATES, 1))
    for _ in range(1000):
        possible = delay.look(asked, asked[0] + 0.2, DT)
    assert possible.all()


@pytest.mark.parametrize("lag_s", [0.0, 0.016, 0.04])
def test_torque_that_reverses_is_missed_by_the_right_motor_and_no_other(lag_s: float) -> None:
    """Joint 5 dies, of which 10 Nm are asked at 8 Hz: half a wave of it shows 6.4 Nm missing."""
    watch, dies, found_at = MotorWatch(GO2), 2.0, np.inf
    for tick in range(2000):
        time = 0.002 * tick
        q = standing().q
        shown = torque(time - lag_s)
        if time >= dies:
            shown[5] = 0.0
        command = JointCommand(q, np.zeros(12), np.zeros(12), torque(time), time + 1.0)
        found = watch.look(standing(time=time, tau=shown), command, time)
        if found is not None:
            assert GO2.joint_names[5] in found.reason
            found_at = time
            break
    assert dies < found_at < dies + 0.2
