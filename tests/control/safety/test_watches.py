"""Watches against joints whose motion is known in closed form."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from canter.control.gait.observation import LOCOMOTION_TERMS
from canter.control.impedance import impedance_torque
from canter.control.robot import GO2
from canter.control.safety.encoder_watch import EncoderWatch
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.load_watch import LoadWatch, RangeWatch
from canter.control.safety.motor_watch import MOTOR_LIMITS, MotorWatch
from canter.control.safety.safety_limits import Fault, Finding
from canter.control.safety.safety_monitor import SafetyMonitor, Watch
from canter.control.safety.stuck_watch import STUCK_LIMITS, StuckWatch
from canter.control.safety.watches import robot_watches
from canter.control.types import JointCommand, RobotState
from tests.control.states import standing

DT, JOINT = 0.002, 4
SWING, RATE = 0.2, 4 * np.pi
Change = Callable[[RobotState, float], RobotState]


def swinging(time: float) -> tuple[RobotState, JointCommand]:
    """Return a joint that swings by 0.2 rad at 2 Hz as its target does, and obeys its law."""
    q, qd = GO2.default_q.copy(), np.zeros(12)
    q[JOINT] += SWING * np.sin(RATE * time)
    qd[JOINT] = SWING * RATE * np.cos(RATE * time)
    target = GO2.default_q.copy()
    target[JOINT] += 3 * SWING * np.sin(RATE * time)
    command = JointCommand(target, np.full(12, 60.0), np.full(12, 1.5), np.zeros(12), time + 0.05)
    state = standing(time=time, q=q, qd=qd)
    return replace(state, tau=impedance_torque(command, q, qd, GO2.tau_max)), command


def first(watch: Watch, change: Change | None = None, seconds: float = 2.0) -> Finding | None:
    """Return the first finding on a swinging joint that is changed from 1 s on, and its time."""
    for tick in range(round(seconds / DT)):
        time = tick * DT
        state, command = swinging(time)
        if change is not None and time >= 1.0:
            state = change(state, time)
        found = watch.look(state, command, time)
        if found is not None:
            return found
    return None


def flipped(state: RobotState, time: float) -> RobotState:
    q, qd = state.q.copy(), state.qd.copy()
    q[JOINT], qd[JOINT] = -q[JOINT], -qd[JOINT]
    return replace(state, q=q, qd=qd)


def powerless(state: RobotState, time: float) -> RobotState:
    return replace(state, tau=np.zeros(12))


def stuck(state: RobotState, time: float) -> RobotState:
    start, _ = swinging(1.0)
    _, command = swinging(time)
    tau = impedance_torque(command, start.q, np.zeros(12), GO2.tau_max)
    return replace(state, q=start.q, qd=np.zeros(12), tau=tau)


def runaway(state: RobotState, time: float) -> RobotState:
    qd, tau = np.zeros(12), np.zeros(12)
    qd[JOINT], tau[JOINT] = 15.0, -20.0
    return replace(state, q=state.q + (time - 1.0) * qd, qd=qd, tau=tau)


def test_a_healthy_joint_is_left_alone() -> None:
    for watch in robot_watches(GO2):
        assert first(watch) is None


@pytest.mark.parametrize(
    ("watch", "change", "rule", "limp"),
    [
        (EncoderWatch(GO2), flipped, "encoder jump", (JOINT,)),
        (MotorWatch(GO2), powerless, "torque missing", ()),
        (StuckWatch(GO2), stuck, "stuck", ()),
        (MotorWatch(GO2), runaway, "against its motor", (JOINT,)),
    ],
)
def test_a_broken_joint_is_found_by_name(
    watch: Watch, change: Change, rule: str, limp: tuple[int, ...]
) -> None:
    found = first(watch, change)
    assert found is not None
    assert (found.reaction, found.rule, found.limp) == (Reaction.DAMP, rule, limp)
    assert GO2.joint_names[JOINT] in found.reason


def overridden(monitor: SafetyMonitor, *, told: bool) -> Fault | None:
    """Let another process damp a swinging joint from 1.5 s on for 0.2 s; return the fault."""
    for tick in range(1, 1000):
        time = 1.0 + 0.002 * tick
        state, command = swinging(time)
        other = 1.5 < time < 1.7
        if other:
            state = replace(state, tau=np.zeros(12))
        monitor.check(
            state, replace(command, valid_until=time + 0.05), time, obeyed=not (other and told)
        )
    return monitor.fault


def test_a_motor_that_follows_somebody_else_is_not_dead() -> None:
    assert overridden(SafetyMonitor(GO2, watches=[MotorWatch(GO2)]), told=True) is None
    fault = overridden(SafetyMonitor(GO2, watches=[MotorWatch(GO2)]), told=False)
    assert fault is not None
    assert fault.rule == "torque missing"


def test_a_dead_motor_is_found_again_soon_after_a_rest() -> None:
    watch = MotorWatch(GO2)
    for tick in range(1, 1000):
        time = 1.0 + 0.002 * tick
        state, command = swinging(time)
        if time < 1.5:
            watch.rest()
        else:
            state = replace(state, tau=np.zeros(12))
        found = watch.look(state, command, time)
        if found is not None:
            assert found.rule == "torque missing"
            assert 0.0 < time - 1.5 < 0.6
            return
    raise AssertionError("a dead motor was not found")


@pytest.mark.parametrize("watts", [120.0, 250.0, 2000.0])
def test_power_against_a_motor_counts_as_first_order_means(watts: float) -> None:
    """Power P against the motor reaches the limit L over T after -T ln(1 - L / P)."""
    limits = MOTOR_LIMITS
    means = [
        -seconds * np.log(1 - allowed[JOINT] / watts)
        for seconds, allowed in zip(limits.against_s, limits.against_w, strict=True)
        if allowed[JOINT] < watts
    ]
    watch = MotorWatch(GO2)
    state = standing(qd=np.eye(12)[JOINT] * 15.0, tau=-np.eye(12)[JOINT] * watts / 15.0)
    command = JointCommand(state.q, np.zeros(12), np.zeros(12), state.tau, 9.0)
    for tick in range(200):
        if watch.look(replace(state, time=tick * DT), command, tick * DT) is not None:
            break
    assert tick * DT == pytest.approx(min(means), abs=4 * DT)


def torque_step(change_nm: float, moves_rad: float, at: float) -> float | None:
    """Return when a joint is found stuck whose torque steps and whose angle follows at once."""
    watch = StuckWatch(GO2)
    _, command = swinging(0.0)
    for tick in range(round((at + 1.0) / DT)):
        time = tick * DT
        after = np.eye(12)[JOINT] * (time >= at)
        state = standing(time=time, q=GO2.default_q + moves_rad * after, tau=change_nm * after)
        if watch.look(state, command, time) is not None:
            return time
    return None


LEAST_CHANGES = [float(one.change_nm[JOINT]) for one in STUCK_LIMITS.windows]


@pytest.mark.parametrize("change", [change + 0.5 for change in LEAST_CHANGES])
def test_a_jam_is_found_sooner_the_more_torque_it_takes(change: float) -> None:
    """A window that is full when the torque steps finds it once its lag and half a step are over.

    Torque counts as a mean over `smooth` steps: a step that is met at the n-th of them shows
    n / smooth of its change.
    """
    limits, step = STUCK_LIMITS, STUCK_LIMITS.step_s
    open_ = [one for one in limits.windows if change > one.change_nm[JOINT]]
    share = min(one.change_nm[JOINT] for one in open_) / change
    expected = 1.0 + (limits.lag + np.ceil(share * limits.smooth)) * step
    found = torque_step(change, 0.0, at=1.0)
    assert found is not None
    assert found == pytest.approx(expected, abs=step + DT)


def test_torque_that_moves_its_joint_or_is_small_is_no_jam() -> None:
    assert torque_step(18.0, 0.02, at=1.0) is None
    assert torque_step(min(LEAST_CHANGES) - 0.5, 0.0, at=1.0) is None


def test_long_ticks_are_not_judged() -> None:
    state, command = swinging(0.0)
    watch = EncoderWatch(GO2)
    assert watch.look(state, command, 0.0) is None
    assert watch.look(flipped(replace(state, time=0.02), 0.02), command, 0.02) is None


@pytest.mark.parametrize(
    ("share", "reaction"), [(0.59, None), (0.7, Reaction.SETTLE), (0.9, Reaction.DAMP)]
)
def test_torque_over_time_is_the_root_mean_square(share: float, reaction: Reaction | None) -> None:
    watch, worst = LoadWatch(GO2), None
    state = standing(tau=share * GO2.tau_max)
    _, command = swinging(0.0)
    for tick in range(20_000):  # eight time constants
        found = watch.look(state, command, tick * DT)
        worst = found.reaction if found is not None else worst
    assert worst is reaction


def test_a_short_effort_is_no_load() -> None:
    watch = LoadWatch(GO2)
    _, command = swinging(0.0)
    found = [watch.look(standing(tau=GO2.tau_max), command, tick * DT) for tick in range(500)]
    assert not any(found)


def test_beyond_the_trained_range_settles_then_damps() -> None:
    watch = RangeWatch(GO2, LOCOMOTION_TERMS)
    state = standing(gyro=np.array([0.0, 20.1, 0.0]))  # scale 0.25, clip 5
    _, command = swinging(0.0)
    said = [watch.look(state, command, tick * DT) for tick in range(60)]
    reactions = [None if found is None else found.reaction for found in said]
    assert reactions[0] is None
    assert reactions[10] is Reaction.SETTLE
    assert reactions[-1] is Reaction.DAMP
    assert watch.look(standing(gyro=np.array([0.0, 19.9, 0.0])), command, 1.0) is None
