"""What of a command is too little to move: between standing and walking there is nothing.

No expert commands so little (less than one picture in 200). A model that is not sure whether to
stand or to go says something between the two; a gait would step on the spot, and the robot neither
stood nor came anywhere.
"""

import torch
from torch import Tensor

from canter.control.layout import Layout
from canter.control.types import GAIT_LAYOUT

STANDING = {"vx": 0.1, "vy": 0.1, "wz": 0.2}
"""A command within these stands, m/s and rad/s."""


def stands(command: Tensor, layout: Layout = GAIT_LAYOUT) -> Tensor:
    """Tell of commands (..., layout.size) whether they stand, (..., 1)."""
    within = [command[..., layout[name]].abs() < most for name, most in STANDING.items()]
    return torch.cat(within, -1).all(-1, keepdim=True)


def stilled(command: Tensor) -> Tensor:
    """Return commands (..., 12), those that stand without any velocity."""
    velocity = command.new_zeros(GAIT_LAYOUT.size)
    for name in STANDING:
        velocity[GAIT_LAYOUT[name]] = 1.0
    return command * (1.0 - velocity * stands(command).to(command.dtype))
