"""What the model is told of the body, built alike in training and on the robot; numpy only."""

import numpy as np
from numpy.typing import NDArray

from canter.control.layout import Layout
from canter.control.types import GAIT_LAYOUT, Array, GaitCommand

COMMAND_TERMS: tuple[str, ...] = ("vx", "vy", "wz", "body_height", "body_pitch", "terminate")
PROPRIO = Layout({"gyro": 3, "projected_gravity": 3, "last_command": len(COMMAND_TERMS)})
"""Packed proprioception, float32, size 12.

gyro is the mean angular velocity over the period since the last frame, base frame, rad/s;
projected_gravity is the unit gravity vector in the base frame; last_command holds the previous
command in physical units, zeros before the first.
"""


def command_terms(command: GaitCommand) -> NDArray[np.float32]:
    """Return the terms of a command that the model is told, (6,)."""
    return np.array([getattr(command, name) for name in COMMAND_TERMS], np.float32)


def packed_terms(commands: Array) -> NDArray[np.float32]:
    """Return the terms that the model is told of commands (..., 12), (..., 6)."""
    fields = GAIT_LAYOUT.unpack(commands)
    return np.concatenate([fields[name] for name in COMMAND_TERMS], axis=-1)


def build_proprio(
    gyro_mean: Array, projected_gravity: Array, last_command: Array
) -> NDArray[np.float32]:
    """Pack proprioception.

    Args:
        gyro_mean: mean angular velocity since the last frame, base frame, rad/s, (..., 3).
        projected_gravity: unit gravity in the base frame at the frame, (..., 3).
        last_command: previous command's COMMAND_TERMS, (..., 6).

    Returns:
        (..., PROPRIO.size) float32.
    """
    return PROPRIO.pack(
        {
            "gyro": gyro_mean,
            "projected_gravity": projected_gravity,
            "last_command": last_command,
        }
    )
