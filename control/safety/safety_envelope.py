"""One quick comparison that most ticks pass, so that the rules one by one are asked rarely."""

import math

import numpy as np

from canter.control.robot import RobotSpec
from canter.control.safety.safety_limits import SafetyLimits
from canter.control.safety.safety_rules import Tick
from canter.control.types import Array

HUGE = float(np.finfo(np.float64).max)


class Envelope:
    """All bounds on single numbers of state and command, as two packed vectors.

    Args:
        spec: the robot.
        limits: where the monitor trips.
    """

    def __init__(self, spec: RobotSpec, limits: SafetyLimits) -> None:
        joints, feet = len(spec.joint_names), len(spec.foot_names)
        anything = np.full(joints, HUGE)
        angle, target = limits.angle_margin_rad, limits.target_margin_rad
        speed = limits.speed_factor * spec.qd_max
        zero = np.zeros(joints)
        rest = np.full(4 + 3 + 3 + feet, HUGE)
        bounds: list[tuple[Array, Array]] = [
            (spec.q_min - angle, spec.q_max + angle),
            (-speed, speed),
            (-anything, anything),
            (-rest, rest),
            (spec.q_min - target, spec.q_max + target),
            (zero, np.full(joints, limits.kp_max)),
            (zero, np.full(joints, limits.kd_max)),
            (-spec.tau_max, spec.tau_max),
        ]
        self._low = np.concatenate([low for low, _ in bounds])
        self._high = np.concatenate([high for _, high in bounds])
        flat = [(joints,)] * 3 + [(4,), (3,), (3,), (feet,)] + [(joints,)] * 4
        self._shapes = (flat, [(1, *shape) for shape in flat])

    def holds(self, tick: Tick) -> bool:
        """Tell whether every shape is right and every number finite and within its bounds."""
        state, command = tick.state, tick.command
        times = tick.now + tick.arrival_age_s + state.time + command.valid_until
        values = [
            state.q,
            state.qd,
            state.tau,
            state.quat,
            state.gyro,
            state.accel,
            state.foot_contact,
            command.q_target,
            command.kp,
            command.kd,
            command.tau_ff,
        ]
        if [value.shape for value in values] not in self._shapes or not math.isfinite(times):
            return False
        packed = np.concatenate(values, axis=None)
        return bool(((packed >= self._low) & (packed <= self._high)).all())  # NaN fails both
