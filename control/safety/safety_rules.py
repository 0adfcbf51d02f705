"""The safety monitor's rules without memory: each looks at one tick and says what is wrong."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from canter.control.robot import RobotSpec
from canter.control.safety.safety_limits import SafetyLimits
from canter.control.types import Array, JointCommand, RobotState


@dataclass(frozen=True, slots=True)
class Tick:
    """What the monitor sees at one tick.

    Attributes:
        spec: the robot.
        limits: where to trip.
        state: the latest measurement, fields (n,) or (1, n).
        command: the latest command, (12,) or (1, 12).
        now: monotonic time, s.
        arrival_age_s: time since the measurement arrived, s.
    """

    spec: RobotSpec
    limits: SafetyLimits
    state: RobotState
    command: JointCommand
    now: float
    arrival_age_s: float


STATE_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(RobotState))
COMMAND_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(JointCommand))

LATE_PERIODS = 1.5
"""Age, in periods, from which a measurement is missed."""
Rule = Callable[[Tick], str | None]
"""Returns what was seen and what is allowed, None where all is well."""


def shape(tick: Tick) -> str | None:
    """Refuse arrays of another shape than one robot's."""
    joints = len(tick.spec.joint_names)
    expected = {"q": joints, "qd": joints, "tau": joints, "quat": 4, "gyro": 3}
    shapes = {f"state.{name}": (getattr(tick.state, name).shape, n) for name, n in expected.items()}
    shapes["command"] = (tick.command.q_target.shape, joints)
    wrong = [
        f"{name} has shape {shape}, expected ({n},) or (1, {n})"
        for name, (shape, n) in shapes.items()
        if shape not in ((n,), (1, n))
    ]
    return "; ".join(wrong) or None


def not_finite(tick: Tick) -> str | None:
    """Refuse NaN and infinity in any number of state, command and time."""
    state, command = tick.state, tick.command
    values: list[float | Array] = [tick.now + tick.arrival_age_s]
    values += [getattr(state, name) for name in STATE_FIELDS]
    values += [getattr(command, name) for name in COMMAND_FIELDS]
    if np.isfinite(np.concatenate(values, axis=None)).all():
        return None
    names = [
        "now",
        *(f"state.{n}" for n in STATE_FIELDS),
        *(f"command.{n}" for n in COMMAND_FIELDS),
    ]
    named = zip(names, values, strict=True)
    return f"NaN or infinity in {', '.join(n for n, v in named if not np.isfinite(v).all())}"


def stale_state(tick: Tick) -> str | None:
    """Refuse old states, and states from the future: clocks that disagree hide staleness."""
    limits = tick.limits
    if tick.arrival_age_s > limits.arrival_s:
        late, most = 1e3 * tick.arrival_age_s, 1e3 * limits.arrival_s
        return f"the last state arrived {late:.0f} ms ago, allowed are {most:.0f} ms"
    age = tick.now - tick.state.time
    allowed = limits.state_periods * limits.state_period_s
    if abs(age) <= allowed:
        return None
    return f"the state is {1e3 * age:.0f} ms old, allowed are {1e3 * allowed:.0f} ms"


def silence(tick: Tick) -> str:
    """Return why no command can be new: no measurement came lately; empty where one did."""
    age = max(tick.now - tick.state.time, tick.arrival_age_s)
    if age <= LATE_PERIODS * tick.limits.state_period_s:
        return ""
    return (
        f"no measurement for {1e3 * age:.0f} ms, and so no command either: the robot's driver or "
        "simulator is silent, or gone"
    )


def validity(tick: Tick) -> str | None:
    """Refuse a command that claims to be valid for so long that it never expires."""
    ahead, allowed = tick.command.valid_until - tick.now, tick.limits.command_valid_s
    return f"valid for {ahead:.3g} s, allowed are {allowed} s" if ahead > allowed else None


def tilt(tick: Tick) -> str | None:
    """Refuse a robot that leans too far, and an orientation that is none."""
    w, x, y, z = tick.state.quat.ravel().tolist()
    norm = math.hypot(w, x, y, z)
    if not norm or abs(norm - 1) > tick.limits.quat_norm_error:
        return f"the orientation quaternion has norm {norm:.3f}"
    upright = 1 - 2 * (x * x + y * y) / norm**2  # cosine between base z axis and vertical
    angle = math.acos(min(max(upright, -1.0), 1.0))
    allowed = tick.limits.tilt_rad
    return f"tilted by {angle:.2f} rad, allowed are {allowed}" if angle > allowed else None


def joint_speed(tick: Tick) -> str | None:
    """Refuse joints that move faster than their motors can."""
    speed = np.abs(np.ravel(tick.state.qd))
    allowed = tick.limits.speed_factor * tick.spec.qd_max
    worst = int((speed - allowed).argmax())
    if speed[worst] <= allowed[worst]:
        return None
    name = tick.spec.joint_names[worst]
    return f"{name} moves at {speed[worst]:.1f} rad/s, allowed are {allowed[worst]:.1f}"


def joint_angle(tick: Tick) -> str | None:
    """Refuse measured angles beyond the joints' range."""
    return _beyond(tick.spec, "is at", tick.state.q, tick.limits.angle_margin_rad)


def target(tick: Tick) -> str | None:
    """Refuse torques the motors do not have and targets beyond the joints' range."""
    excess = (np.abs(tick.command.tau_ff) - tick.spec.tau_max).ravel()
    worst = int(excess.argmax())
    if excess[worst] > 0:
        torque = float(np.ravel(tick.command.tau_ff)[worst])
        most = tick.spec.tau_max[worst]
        return f"tau_ff of {tick.spec.joint_names[worst]} is {torque:.3g} Nm, allowed +-{most}"
    return _beyond(tick.spec, "is sent to", tick.command.q_target, tick.limits.target_margin_rad)


def gains(tick: Tick) -> str | None:
    """Refuse gains that are negative or too high."""
    for name, values, highest in (
        ("kp", tick.command.kp, tick.limits.kp_max),
        ("kd", tick.command.kd, tick.limits.kd_max),
    ):
        if values.min() < 0 or values.max() > highest:
            return f"{name} is {values.min():.3g}..{values.max():.3g}, allowed 0..{highest}"
    return None


def untrusted_joints(rule: str, tick: Tick) -> tuple[int, ...]:
    """Return the joints that the broken rule says are misread: braking might drive them."""
    if rule == "joint angle":
        beyond = _beyond_by(tick.spec, tick.state.q) > tick.limits.angle_margin_rad
    elif rule == "joint speed":
        beyond = np.abs(np.ravel(tick.state.qd)) > tick.limits.speed_factor * tick.spec.qd_max
    else:
        return ()
    return tuple(np.flatnonzero(beyond).tolist())


def _beyond_by(spec: RobotSpec, angles: Array) -> Array:
    """Return by how much angles lie beyond their joints' range, rad, (12,)."""
    return np.maximum(angles - spec.q_max, spec.q_min - angles).ravel()


def _beyond(spec: RobotSpec, what: str, angles: Array, margin: float) -> str | None:
    """Return a reason where an angle, rad, lies beyond its joint's range by over a margin."""
    beyond = _beyond_by(spec, angles)
    worst = int(beyond.argmax())
    if beyond[worst] <= margin:
        return None
    angle = float(np.ravel(angles)[worst])
    return (
        f"{spec.joint_names[worst]} {what} {angle:.2f} rad, beyond its range of "
        f"{spec.q_min[worst]:.2f}..{spec.q_max[worst]:.2f} rad"
    )


def without_batch(state: RobotState, command: JointCommand) -> tuple[RobotState, JointCommand]:
    """Return state and command of (1, n) as (n,)."""
    rows = [getattr(state, name).reshape(-1) for name in STATE_FIELDS if name != "time"]
    sent = (command.q_target, command.kp, command.kd, command.tau_ff)
    q, kp, kd, tau = (values.reshape(-1) for values in sent)
    return RobotState(state.time, *rows), JointCommand(q, kp, kd, tau, command.valid_until)


SHAPE_RULES: dict[str, Rule] = {"shape": shape, "not finite": not_finite}
"""What every other rule takes for granted."""

TIME_RULES: dict[str, Rule] = {
    "stale state": stale_state,
    "command validity": validity,
    "tilt": tilt,
}
"""What is asked at every tick."""

NUMBER_RULES: dict[str, Rule] = {
    "joint speed": joint_speed,
    "joint angle": joint_angle,
    "target": target,
    "gains": gains,
}
"""What is asked where a number lies outside the `Envelope`."""
