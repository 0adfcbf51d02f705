"""Where the safety monitor trips, and how strongly; see `canter.control.safety.safety_monitor`."""

from dataclasses import dataclass, fields

import numpy as np

from canter.control.errors import CanterError
from canter.control.safety.heartbeat import Reaction


@dataclass(frozen=True, slots=True)
class SafetyLimits:
    """Where the monitor trips.

    Attributes:
        state_period_s: time between two measurements of the robot, s.
        state_periods: age at which a measurement is stale, in periods.
        command_valid_s: longest time ahead a joint command may claim to be valid, s.
        tilt_rad: largest angle between the base's z axis and the vertical, rad.
        speed_factor: largest joint speed, as a multiple of the robot's limit; after a push a policy
            throws calves to 1.7 times theirs, where simulated motors do not weaken with speed.
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
    speed_factor: float = 2.2
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
class Finding:
    """What a rule with a memory found, and what it asks for.

    Attributes:
        reaction: SETTLE asks the stage before to come to rest, DAMP trips the monitor.
        rule: short name of the rule.
        reason: what was seen and what is allowed.
        limp: joints whose motors must exert nothing, by index: braking would drive them.
    """

    reaction: Reaction
    rule: str
    reason: str
    limp: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the monitor tripped.

    Attributes:
        rule: short name of the rule.
        reason: what was seen and what is allowed.
        time: when, monotonic, s.
        limp: joints that are not braked, by index, as braking would drive them.
    """

    rule: str
    reason: str
    time: float
    limp: tuple[int, ...] = ()
