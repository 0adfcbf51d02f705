"""The safety monitor under injected faults, one rule each."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.impedance import DAMPING_KD, hold_command
from canter.control.robot import GO2
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_envelope import Envelope
from canter.control.safety.safety_monitor import Finding, SafetyLimits, SafetyMonitor
from canter.control.safety.safety_rules import NUMBER_RULES, SHAPE_RULES, Tick
from canter.control.types import JointCommand, RobotState
from tests.control.states import standing

NOW = 1.0
PITCHED = st.floats(-np.pi, np.pi)


def command(batch: tuple[int, ...] = (), **changes: Any) -> JointCommand:  # noqa: ANN401
    """Return a valid command at time 1 s, with fields replaced."""
    shape = (*batch, 12)
    q = np.broadcast_to(GO2.default_q, shape)
    valid = JointCommand(q, np.full(shape, 25.0), np.full(shape, 0.5), np.zeros(shape), NOW + 0.05)
    return replace(valid, **changes)


def is_damping(given: JointCommand) -> bool:
    """Tell whether a command only brakes; joints that are misread may be left limp."""
    braked = np.isin(given.kd, (0.0, DAMPING_KD)).all() and given.kd.any()
    return bool((given.kp == 0).all() and braked and not given.tau_ff.any())


def one_bad(value: float, good: float = 0.0) -> np.ndarray:
    """Return twelve good values of which the fifth is bad."""
    values = np.full(12, good)
    values[4] = value
    return values


@pytest.mark.parametrize("batch", [(), (1,)])
def test_a_good_command_passes_untouched(batch: tuple[int, ...]) -> None:
    monitor = SafetyMonitor(GO2)
    given = command(batch)
    assert monitor.check(standing(batch), given, NOW) is given
    assert monitor.fault is None


@pytest.mark.parametrize(
    ("rule", "state", "given"),
    [
        ("shape", standing(q=np.zeros(11)), command()),
        ("shape", standing((2,)), command((2,))),
        ("not finite", standing(time=np.nan), command()),
        ("not finite", standing(q=one_bad(np.nan)), command()),
        ("not finite", standing(quat=np.full(4, np.nan)), command()),
        ("not finite", standing(gyro=np.full(3, np.inf)), command()),
        ("not finite", standing(), command(q_target=one_bad(np.nan))),
        ("not finite", standing(), command(kp=one_bad(np.inf))),
        ("not finite", standing(), command(kd=one_bad(np.nan))),
        ("not finite", standing(), command(tau_ff=one_bad(-np.inf))),
        ("not finite", standing(), command(valid_until=np.nan)),
        ("not finite", standing(), command(valid_until=np.inf)),
        ("stale state", standing(time=NOW - 0.061), command()),
        ("stale state", standing(time=NOW + 0.061), command()),
        ("command validity", standing(), command(valid_until=NOW + 1.1)),
        ("tilt", standing(quat=np.array([np.cos(0.51), 0.0, np.sin(0.51), 0.0])), command()),
        ("tilt", standing(quat=np.array([0.0, 1.0, 0.0, 0.0])), command()),
        ("tilt", standing(quat=np.zeros(4)), command()),
        ("joint speed", standing(qd=one_bad(-2.21 * 30.1)), command()),
        ("gains", standing(), command(kp=one_bad(-0.1, 25.0))),
        ("gains", standing(), command(kp=one_bad(151.0, 25.0))),
        ("gains", standing(), command(kd=one_bad(21.0, 0.5))),
    ],
)
def test_each_rule_trips_at_once(rule: str, state: RobotState, given: JointCommand) -> None:
    monitor = SafetyMonitor(GO2)
    assert is_damping(monitor.check(state, given, NOW))
    assert monitor.fault is not None
    assert monitor.fault.rule == rule
    assert monitor.fault.time == NOW


@pytest.mark.parametrize(
    ("state", "given"),
    [
        (standing(time=NOW - 0.059), command()),
        (standing(quat=np.array([np.cos(0.49), 0.0, np.sin(0.49), 0.0])), command()),
        (standing(qd=one_bad(2.19 * 30.1)), command()),
        (standing(), command(kp=one_bad(149.0, 25.0))),
    ],
)
def test_just_inside_a_limit_passes(state: RobotState, given: JointCommand) -> None:
    assert SafetyMonitor(GO2).check(state, given, NOW) is given


def test_an_expired_command_is_held_one_tick_then_damped() -> None:
    monitor = SafetyMonitor(GO2)
    expired = command(valid_until=NOW - 0.001, tau_ff=np.ones(12))
    held = monitor.check(standing(), expired, NOW)
    np.testing.assert_array_equal(held.q_target, expired.q_target)
    np.testing.assert_array_equal(held.kp, expired.kp)
    assert not held.tau_ff.any()
    assert monitor.holding
    assert is_damping(monitor.check(standing(), expired, NOW + 0.02))
    assert monitor.fault is not None
    assert monitor.fault.rule == "expired command"


def test_commands_that_expire_for_want_of_measurements_are_named_so() -> None:
    monitor = SafetyMonitor(GO2)
    expired = command(valid_until=NOW - 0.001)
    for tick in range(2):
        monitor.check(standing(time=NOW - 0.05), expired, NOW + 0.002 * tick)
    assert monitor.fault is not None
    assert monitor.fault.rule == "stale state"
    assert "no measurement for 52 ms" in monitor.fault.reason


def test_a_fresh_command_ends_the_hold() -> None:
    monitor = SafetyMonitor(GO2)
    expired = command(valid_until=NOW - 0.001)
    for _ in range(3):
        monitor.check(standing(), expired, NOW)
        assert monitor.check(standing(), command(), NOW) is not None
    assert monitor.fault is None


def test_a_fault_is_latched_until_a_person_resets_it() -> None:
    monitor = SafetyMonitor(GO2)
    monitor.check(standing(time=0.0), command(), NOW)
    first = monitor.fault
    assert is_damping(monitor.check(standing(), command(), NOW))
    monitor.trip("another", NOW)
    assert monitor.fault is first
    assert monitor.reset() is first
    given = command()
    assert monitor.check(standing(), given, NOW) is given


def test_a_persisting_cause_trips_again_after_reset() -> None:
    monitor = SafetyMonitor(GO2)
    for _ in range(2):
        assert is_damping(monitor.check(standing(time=0.0), command(), NOW))
        monitor.reset()


def test_a_fault_from_outside_damps() -> None:
    monitor = SafetyMonitor(GO2)
    monitor.trip("operator pressed stop", NOW)
    assert is_damping(monitor.check(standing(), command(), NOW))


def test_damping_keeps_the_batch_dimension() -> None:
    damped = SafetyMonitor(GO2).check(standing((1,), time=0.0), command((1,)), NOW)
    assert damped.kd.shape == (1, 12)


@given(PITCHED)
def test_tilt_is_the_pitch_angle_whatever_the_yaw(pitch: float) -> None:
    """Yaw by 2 rad after pitch: q = yaw * pitch, the tilt is |pitch|."""
    yaw = np.array([np.cos(1.0), 0.0, 0.0, np.sin(1.0)])
    w, z = yaw[0], yaw[3]
    c, s = np.cos(pitch / 2), np.sin(pitch / 2)
    quat = np.array([w * c, -z * s, w * s, z * c])
    monitor = SafetyMonitor(GO2)
    monitor.check(standing(quat=quat), command(), NOW)
    if abs(abs(pitch) - 1.0) > 1e-6:
        assert (monitor.fault is not None) == (abs(pitch) > 1.0)


@given(
    name=st.sampled_from([f.name for f in fields(RobotState)]),
    value=st.sampled_from([np.nan, np.inf, -np.inf]),
)
def test_no_bad_measurement_passes(name: str, value: float) -> None:
    good = standing()
    bad: dict[str, Any] = {name: np.full(np.shape(getattr(good, name)), value)}
    state = replace(good, **bad)
    assert is_damping(SafetyMonitor(GO2).check(state, command(), NOW))


def test_a_hold_is_itself_safe() -> None:
    monitor = SafetyMonitor(GO2)
    held = hold_command(GO2.default_q, np.full(12, 25.0), np.full(12, 0.5), NOW)
    assert monitor.check(standing(), held, NOW) is held


@pytest.mark.parametrize("name", [f.name for f in fields(SafetyLimits)])
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_limits_that_switch_a_rule_off_are_refused(name: str, value: float) -> None:
    with pytest.raises(CanterError, match=name):
        SafetyLimits(**{name: value})


@pytest.mark.parametrize(
    ("rule", "state", "given"),
    [
        ("joint angle", standing(q=one_bad(9.0)), command()),
        ("target", standing(), command(q_target=GO2.q_max + 0.11)),
        ("target", standing(), command(q_target=GO2.q_min - 0.11)),
        ("target", standing(), command(q_target=one_bad(1e9))),
        ("target", standing(), command(tau_ff=one_bad(-46.0))),
    ],
)
def test_angles_targets_and_torques_beyond_the_joint_trip(
    rule: str, state: RobotState, given: JointCommand
) -> None:
    monitor = SafetyMonitor(GO2)
    assert is_damping(monitor.check(state, given, NOW))
    assert monitor.fault is not None
    assert monitor.fault.rule == rule


def test_angles_and_targets_just_beyond_the_range_pass() -> None:
    state = standing(q=GO2.q_max + 0.49)
    given = command(q_target=GO2.q_min - 0.09, tau_ff=GO2.tau_max)
    assert SafetyMonitor(GO2).check(state, given, NOW) is given


@pytest.mark.parametrize(("age", "trips"), [(0.059, False), (0.061, True), (np.nan, True)])
def test_a_state_that_arrived_long_ago_trips_though_its_stamp_is_fresh(
    age: float, trips: bool
) -> None:
    monitor = SafetyMonitor(GO2)
    assert is_damping(monitor.check(standing(), command(), NOW, age)) == trips


def test_times_that_go_back_trip_by_name() -> None:
    for name, back in (("state.time", -0.11), ("command.valid_until", -0.11), ("now", -0.11)):
        monitor = SafetyMonitor(GO2, SafetyLimits(state_period_s=1.0))
        monitor.check(standing(), command(), NOW)
        times = {"state.time": NOW, "command.valid_until": NOW + 0.05, "now": NOW}
        times[name] += back
        given = command(valid_until=times["command.valid_until"])
        assert is_damping(monitor.check(standing(time=times["state.time"]), given, times["now"]))
        assert monitor.fault is not None
        assert monitor.fault.rule == "time backwards"
        assert name in monitor.fault.reason
        monitor.reset()
        early = command(valid_until=NOW - 4)
        assert monitor.check(standing(time=NOW - 4.5), early, NOW - 4.5) is early


def test_creeping_back_is_going_back() -> None:
    monitor = SafetyMonitor(GO2)
    for step in range(12):
        monitor.check(standing(time=NOW - 0.01 * step), command(), NOW - 0.005 * step)
    assert monitor.fault is not None
    assert monitor.fault.rule == "time backwards"


def test_gains_that_jump_are_slowed_without_a_fault() -> None:
    monitor = SafetyMonitor(GO2)
    monitor.check(standing(), command(), NOW)
    jump = command(kp=np.full(12, 100.0))
    slowed = monitor.check(standing(time=NOW + 0.002), jump, NOW + 0.002)
    np.testing.assert_allclose(slowed.kp, 27.0)
    np.testing.assert_array_equal(slowed.kd, jump.kd)
    assert monitor.fault is None


def test_gains_rise_from_a_command_in_force() -> None:
    monitor = SafetyMonitor(GO2)
    monitor.slew_from(command(kp=np.zeros(12)), NOW)
    np.testing.assert_allclose(monitor.check(standing(), command(), NOW + 0.002).kp, 2.0)


def test_a_joint_whose_angle_cannot_be_is_left_limp_and_the_others_are_braked() -> None:
    q = np.where(np.arange(12) == 4, 9.0, GO2.default_q)
    damped = SafetyMonitor(GO2).check(standing(q=q), command(), NOW)
    assert damped.kd[4] == 0.0
    assert (np.delete(damped.kd, 4) == DAMPING_KD).all()


class Says:
    """A watch that finds what it is told to."""

    def __init__(self) -> None:
        self.finding: Finding | None = None
        self.looks = 0

    def look(self, state: RobotState, given: JointCommand, now: float) -> Finding | None:
        assert state.q.shape == given.q_target.shape == (12,)
        self.looks += 1
        return self.finding

    def forget(self) -> None:
        self.looks = 0


@pytest.mark.parametrize("batch", [(), (1,)])
def test_a_watch_settles_then_damps(batch: tuple[int, ...]) -> None:
    watch = Says()
    monitor = SafetyMonitor(GO2, watches=[watch])
    given = command(batch)
    assert monitor.check(standing(batch), given, NOW) is given
    reactions = [monitor.reaction]
    watch.finding = Finding(Reaction.SETTLE, "warm", "it is warm")
    assert monitor.check(standing(batch, time=NOW + 0.002), given, NOW + 0.002) is given
    reactions.append(monitor.reaction)
    watch.finding = Finding(Reaction.DAMP, "hot", "it is hot", limp=(3,))
    damped = monitor.check(standing(batch, time=NOW + 0.004), given, NOW + 0.004)
    assert [*reactions, monitor.reaction] == [Reaction.GO, Reaction.SETTLE, Reaction.DAMP]
    assert damped.kd[..., 3] == 0.0
    assert monitor.fault is not None
    assert monitor.fault.rule == "hot"
    monitor.reset()
    assert watch.looks == 0


def test_a_request_to_settle_ends_after_a_second() -> None:
    watch = Says()
    monitor = SafetyMonitor(GO2, watches=[watch])
    watch.finding = Finding(Reaction.SETTLE, "warm", "it is warm")
    monitor.check(standing(), command(), NOW)
    watch.finding = None
    for late, reaction in ((0.9, Reaction.SETTLE), (1.1, Reaction.GO)):
        now = NOW + late
        monitor.check(standing(time=now), command(valid_until=now + 0.05), now)
        assert monitor.reaction is reaction


def test_watches_see_each_measurement_once() -> None:
    watch = Says()
    monitor = SafetyMonitor(GO2, watches=[watch])
    for _ in range(3):
        monitor.check(standing(), command(), NOW)
    assert watch.looks == 1


@given(st.data())
def test_the_envelope_says_what_the_rules_say(data: st.DataObject) -> None:
    """One number anywhere, in or out of bounds: the quick comparison and the rules agree."""
    name = data.draw(st.sampled_from(["q", "qd", "q_target", "kp", "kd", "tau_ff", "gyro", "tau"]))
    value = data.draw(st.floats(-80, 80) | st.just(np.nan))
    place = data.draw(st.integers(0, 2))
    state, given = standing(), command()
    measured = hasattr(state, name)
    values = np.array(getattr(state if measured else given, name), float)
    values[place] = value
    changed: dict[str, Any] = {name: values}
    if measured:
        state = replace(state, **changed)
    else:
        given = replace(given, **changed)
    tick = Tick(GO2, SafetyLimits(), state, given, NOW, 0.0)
    broken = [rule for rule in (SHAPE_RULES | NUMBER_RULES).values() if rule(tick)]
    assert Envelope(GO2, SafetyLimits()).holds(tick) == (not broken)
