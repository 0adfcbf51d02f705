"""The impedance law of every joint, and the two commands that need no policy: damp and hold."""

import numpy as np

from canter.control.robot import RobotSpec
from canter.control.types import Array, JointCommand

DAMPING_KD = 8.0
"""Damping of a limp robot that settles slowly on legs for 15 kg, Nm s/rad."""
JOINT_VALID_S = 0.05
"""How long a joint command may be executed, s."""


def impedance_torque(command: JointCommand, q: Array, qd: Array, tau_max: Array) -> Array:
    """Return tau = clip(kp (q* - q) - kd qd + tau_ff, +-tau_max), Nm, (..., 12).

    Args:
        command: set-point and gains, (..., 12).
        q: joint angles, rad, (..., 12).
        qd: joint speeds, rad/s, (..., 12).
        tau_max: torque limit, Nm, (12,).
    """
    stiffness = command.kp * (command.q_target - q)
    damping = command.kd * qd
    return np.clip(stiffness - damping + command.tau_ff, -tau_max, tau_max)


def damping_command(
    spec: RobotSpec, time: float, batch: tuple[int, ...] = (), kd: float = DAMPING_KD
) -> JointCommand:
    """Return a command without stiffness that only brakes the joints.

    Args:
        spec: the robot.
        time: now, monotonic, s.
        batch: leading dimensions of the command.
        kd: damping, Nm s/rad.
    """
    shape = (*batch, len(spec.joint_names))
    zero = np.zeros(shape)
    return JointCommand(
        q_target=np.broadcast_to(spec.default_q, shape).copy(),
        kp=zero,
        kd=np.full(shape, kd),
        tau_ff=zero.copy(),
        valid_until=time + JOINT_VALID_S,
    )


def hold_command(q: Array, kp: Array, kd: Array, time: float) -> JointCommand:
    """Return a command that keeps the joints at q without feed-forward torque.

    Args:
        q: joint angles to keep, rad, (..., 12).
        kp: stiffness, Nm/rad, (..., 12).
        kd: damping, Nm s/rad, (..., 12).
        time: now, monotonic, s.
    """
    return JointCommand(q, kp, kd, np.zeros_like(q), valid_until=time + JOINT_VALID_S)
