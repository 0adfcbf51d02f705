"""What of a command is too little to move: between standing and walking there is nothing.

No expert commands so little (less than one picture in 200). A model that is not sure whether to
stand or to go says something between the two; a gait would step on the spot, and the robot neither
stood nor came anywhere.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from canter.control.layout import Layout
from canter.control.types import GAIT_LAYOUT

LITTLE = {"vx": 0.06, "vy": 0.06, "wz": 0.2}
"""A command within these stands, m/s and rad/s."""


def within(command: Tensor, layout: Layout, limits: Mapping[str, float]) -> Tensor:
    """Tell of commands (..., layout.size) whether they keep within limits by name, (..., 1)."""
    terms = [command[..., layout[name]].abs() < most for name, most in limits.items()]
    return torch.cat(terms, -1).all(-1, keepdim=True)


def stilled(command: Tensor) -> Tensor:
    """Return commands (..., 12), those that stand without any velocity."""
    velocity = command.new_zeros(GAIT_LAYOUT.size)
    for name in LITTLE:
        velocity[GAIT_LAYOUT[name]] = 1.0
    return command * (1.0 - velocity * within(command, GAIT_LAYOUT, LITTLE).to(command.dtype))
