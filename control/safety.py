"""The safety monitor: the last stage before the joints.

A software monitor against mistakes and lost processes, not a certified safety function. Anything
it cannot vouch for it replaces by damping, and it stays so until a person resets it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from canter.control.errors import CanterError
from canter.control.gain_slew import GainSlew
from canter.control.impedance import damping_command, hold_command
from canter.control.robot import RobotSpec
from canter.control.types import Array, JointCommand, RobotState


@dataclass(frozen=True, slots=True)
class SafetyLimits:
    """Where the monitor trips.

    Attributes:
        state_period_s: time between two measurements of the robot, s.
        state_periods: age at which a measurement is stale, in periods.
        command_valid_s: longest time ahead a joint command may claim to be valid, s.
        tilt_rad: largest angle between the base's z axis and the vertical, rad.
        speed_factor: largest joint speed, as a multiple of the robot's limit.
        kp_max: largest stiffness, Nm/rad.
        kd_max: largest damping, Nm s/rad.
        quat_norm_error: largest distance of the quaternion's norm from one.
        arrival_s: longest time since the last measurement arrived, s.
        time_back_s: how far a time may fall behind the latest one seen, s.
        target_margin_rad: how far a target may lie beyond the joint's range, rad.
        angle_margin_rad: how far a measured angle may lie beyond the joint's range, rad.
        kp_slew: fastest change of stiffness, Nm/rad/s; faster ones are slowed, without a fault.
        kd_slew: fastest change of damping, Nm s/rad/s; likewise.
    """

    state_period_s: float = 0.02
    state_periods: float = 3.0
    command_valid_s: float = 1.0
    tilt_rad: float = 1.0
    speed_factor: float = 1.2
    kp_max: float = 150.0
    kd_max: float = 20.0
    quat_norm_error: float = 0.05
    arrival_s: float = 0.06
    time_back_s: float = 0.1
    target_margin_rad: float = 0.1
    angle_margin_rad: float = 0.5
    kp_slew: float = 1000.0
    kd_slew: float = 100.0

    def __post_init__(self) -> None:
        """Refuse limits that would never trip or always trip."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not (np.isfinite(value) and value > 0):
                raise CanterError(f"SafetyLimits.{field.name} = {value}; limits are positive")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the monitor tripped.

    Attributes:
        rule: short name of the rule.
        reason: what was seen and what is allowed.
        time: when, monotonic, s.
    """

    rule: str
    reason: str
    time: float


class SafetyMonitor:
    """Passes commands on, or damps; the first fault is kept until `reset`.

    Attributes:
        fault: why it tripped, None while it has not.
        holding: whether the last command had expired and its set-point was held for one tick.
    """

    def __init__(self, spec: RobotSpec, limits: SafetyLimits | None = None) -> None:
        """Watch one robot.

        Args:
            spec: the robot.
            limits: where to trip; the defaults fit a robot of the Go2's size.
        """
        self.spec = spec
        self.limits = limits or SafetyLimits()
        self.fault: Fault | None = None
        self.holding = False
        self._slew = GainSlew(self.limits.kp_slew, self.limits.kd_slew)
        self._latest: dict[str, float] = {}

    def check(
        self, state: RobotState, command: JointCommand, now: float, arrival_age_s: float = 0.0
    ) -> JointCommand:
        """Return the command if nothing speaks against it, else a hold or damping.

        Args:
            state: the latest measurement, fields (n,) or (1, n).
            command: the latest command, (12,) or (1, 12).
            now: monotonic time of this tick on the clock of state and command, s.
            arrival_age_s: time since the measurement arrived, on this machine's monotonic clock,
                which goes on where the clock of the stamps (simulated time) stops, s.

        Returns:
            The command itself, its gains slowed where they change too fast; for one tick after it
            expired its set-point without feed-forward torque; damping once tripped. Never raises
            for bad values: they trip.
        """
        if self.fault is None:
            self.fault = self._find_fault(state, command, now, arrival_age_s)
        if self.fault is None and command.valid_until < now:
            if not self.holding:
                self.holding = True
                held = hold_command(command.q_target, command.kp, command.kd, now)
                return self._slew.limit(held, now)
            late = 1e3 * (now - command.valid_until)
            self.fault = Fault("expired command", f"expired {late:.0f} ms ago", now)
        self.holding = False
        if self.fault is not None:
            batch = command.q_target.shape[:1] if command.q_target.ndim == 2 else ()
            return damping_command(self.spec, now, batch)
        return self._slew.limit(command, now)

    def slew_from(self, command: JointCommand, now: float) -> None:
        """Let gains change from those of a command that is in force without the monitor."""
        self._slew.start(command, now)

    def trip(self, reason: str, now: float) -> None:
        """Damp from the next tick on, for a reason found elsewhere; the first fault is kept."""
        if self.fault is None:
            self.fault = Fault("tripped from outside", reason, now)

    def reset(self) -> Fault | None:
        """Clear the fault and return it; only ever called for a person who has seen the robot.

        A cause that persists trips again at the next tick.
        """
        fault, self.fault, self.holding = self.fault, None, False
        self._slew.forget()
        self._latest = {}
        return fault

    def _find_fault(
        self, state: RobotState, command: JointCommand, now: float, arrival_age_s: float
    ) -> Fault | None:
        """Return the first rule that is broken; shapes and NaN first, as the others need them."""
        rules: dict[str, Callable[[], str | None]] = {
            "shape": lambda: self._shape(state, command),
            "not finite": lambda: self._not_finite(state, command, now + arrival_age_s),
            "time backwards": lambda: self._backwards(state, command, now),
            "stale state": lambda: self._stale_state(state, now, arrival_age_s),
            "command validity": lambda: self._validity(command, now),
            "tilt": lambda: self._tilt(state),
            "joint speed": lambda: self._joint_speed(state),
            "joint angle": lambda: self._beyond("is at", state.q, self.limits.angle_margin_rad),
            "target": lambda: self._target(command),
            "gains": lambda: self._gains(command),
        }
        for rule, broken in rules.items():
            reason = broken()
            if reason:
                return Fault(rule, reason, now)
        return None

    def _shape(self, state: RobotState, command: JointCommand) -> str | None:
        joints = len(self.spec.joint_names)
        expected = {"q": joints, "qd": joints, "quat": 4, "gyro": 3}
        shapes = {f"state.{name}": (getattr(state, name).shape, n) for name, n in expected.items()}
        shapes["command"] = (command.q_target.shape, joints)
        wrong = [
            f"{name} has shape {shape}, expected ({n},) or (1, {n})"
            for name, (shape, n) in shapes.items()
            if shape not in ((n,), (1, n))
        ]
        return "; ".join(wrong) or None

    def _not_finite(self, state: RobotState, command: JointCommand, now: float) -> str | None:
        values: dict[str, float | Array] = {"now": now}
        values |= {f"state.{f.name}": getattr(state, f.name) for f in fields(state)}
        values |= {f"command.{f.name}": getattr(command, f.name) for f in fields(command)}
        if np.isfinite(np.concatenate(list(values.values()), axis=None)).all():
            return None
        bad = [name for name, value in values.items() if not np.isfinite(value).all()]
        return f"NaN or infinity in {', '.join(bad)}"

    def _backwards(self, state: RobotState, command: JointCommand, now: float) -> str | None:
        times = {"now": now, "state.time": state.time, "command.valid_until": command.valid_until}
        for name, time in times.items():
            back = self._latest.get(name, time) - time
            if back > self.limits.time_back_s:
                allowed = 1e3 * self.limits.time_back_s
                return f"{name} went back by {1e3 * back:.0f} ms, allowed are {allowed:.0f} ms"
            times[name] = time + max(back, 0.0)
        self._latest = times
        return None

    def _stale_state(self, state: RobotState, now: float, arrival_age_s: float) -> str | None:
        """Return a reason also for states from the future: clocks that disagree hide staleness."""
        if arrival_age_s > self.limits.arrival_s:
            late, most = 1e3 * arrival_age_s, 1e3 * self.limits.arrival_s
            return f"the last state arrived {late:.0f} ms ago, allowed are {most:.0f} ms"
        age = now - state.time
        allowed = self.limits.state_periods * self.limits.state_period_s
        if abs(age) <= allowed:
            return None
        return f"the state is {1e3 * age:.0f} ms old, allowed are {1e3 * allowed:.0f} ms"

    def _validity(self, command: JointCommand, now: float) -> str | None:
        """Return a reason where a command claims to be valid for so long that it never expires."""
        ahead, allowed = command.valid_until - now, self.limits.command_valid_s
        return f"valid for {ahead:.3g} s, allowed are {allowed} s" if ahead > allowed else None

    def _tilt(self, state: RobotState) -> str | None:
        norm = math.hypot(*state.quat.ravel().tolist())
        if not norm or abs(norm - 1) > self.limits.quat_norm_error:
            return f"the orientation quaternion has norm {norm:.3f}"
        _, x, y, _ = state.quat.ravel().tolist()
        upright = 1 - 2 * (x * x + y * y) / norm**2  # cosine between base z axis and vertical
        tilt = math.acos(min(max(upright, -1.0), 1.0))
        allowed = self.limits.tilt_rad
        return f"tilted by {tilt:.2f} rad, allowed are {allowed}" if tilt > allowed else None

    def _joint_speed(self, state: RobotState) -> str | None:
        speed = np.abs(np.ravel(state.qd))
        allowed = self.limits.speed_factor * self.spec.qd_max
        worst = int((speed - allowed).argmax())
        if speed[worst] <= allowed[worst]:
            return None
        name = self.spec.joint_names[worst]
        return f"{name} moves at {speed[worst]:.1f} rad/s, allowed are {allowed[worst]:.1f}"

    def _beyond(self, what: str, angles: Array, margin: float) -> str | None:
        """Return a reason where an angle, rad, lies beyond its joint's range by over a margin."""
        beyond = np.maximum(angles - self.spec.q_max, self.spec.q_min - angles).ravel()
        worst = int(beyond.argmax())
        if beyond[worst] <= margin:
            return None
        angle = float(np.ravel(angles)[worst])
        return (
            f"{self.spec.joint_names[worst]} {what} {angle:.2f} rad, beyond its range of "
            f"{self.spec.q_min[worst]:.2f}..{self.spec.q_max[worst]:.2f} rad"
        )

    def _target(self, command: JointCommand) -> str | None:
        excess = (np.abs(command.tau_ff) - self.spec.tau_max).ravel()
        worst = int(excess.argmax())
        if excess[worst] > 0:
            torque = float(np.ravel(command.tau_ff)[worst])
            most = self.spec.tau_max[worst]
            return f"tau_ff of {self.spec.joint_names[worst]} is {torque:.3g} Nm, allowed +-{most}"
        return self._beyond("is sent to", command.q_target, self.limits.target_margin_rad)

    def _gains(self, command: JointCommand) -> str | None:
        for name, gains, highest in (
            ("kp", command.kp, self.limits.kp_max),
            ("kd", command.kd, self.limits.kd_max),
        ):
            if gains.min() < 0 or gains.max() > highest:
                return f"{name} is {gains.min():.3g}..{gains.max():.3g}, allowed 0..{highest}"
        return None
