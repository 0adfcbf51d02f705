"""An open-loop trot as a starting point for the actor, computed inside its graph.

Kinematics of the nominal stance, linearised: the planted foot moves back with the commanded
velocity of its hip, the swinging foot rises along half a sine. The actor adds what feedback needs;
the prior only spares it the discovery that trotting exists. Own design.
"""

import numpy as np
import torch
from torch import nn

from canter.control.dynamics.straight_leg import straight_leg
from canter.control.gait.gait_clock import CLOCK_WIDTH
from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.layout import Layout
from canter.control.robot import RobotSpec
from canter.control.types import GaitCommand

TERMS = observation_layout(LOCOMOTION_TERMS)
HEIGHT = TERMS["body_height_command"]
HEIGHT_SCALE = next(t.scale for t in LOCOMOTION_TERMS if t.name == "body_height_command")
CLOCK = Layout(dict.fromkeys(("sin", "cos", "moving"), 1))
SUPPORT, FOOT_SHIFT = 0.042, -0.018
"""Extension of all legs against the trunk's sag, and shift of the feet along base x, m."""

LIFT_GAIN, STRIDE_GAIN, SIDEWAYS_GAIN = 1.2, 1.6, 2.2
"""Factors on swing height, stride and side step that make up for the softness of the joints.

All but the last of these numbers are from a random search over open-loop trots at kp 60: the mean
error over seven commands fell from 0.9 to 0.35 (m/s plus rad/s).
"""

SIDE = {"FL": (1, 1), "FR": (1, -1), "RL": (-1, 1), "RR": (-1, -1)}
"""Sign of each leg's position along base x and y."""


class TrotPrior(nn.Module):
    """Maps an observation (N, actor_size) to the action (N, 12) of an open-loop trot.

    Args:
        robot: with straight legs, both links equally long.
    """

    hip_x: torch.Tensor
    hip_y: torch.Tensor
    diagonal: torch.Tensor
    scale: torch.Tensor

    def __init__(self, robot: RobotSpec) -> None:
        super().__init__()
        if TERMS.widths["gait_clock"] != CLOCK_WIDTH or CLOCK.size != CLOCK_WIDTH:
            raise ValueError("the gait clock's features have changed; adapt TrotPrior.CLOCK")
        self._command, self._clock = TERMS["velocity_command"], TERMS["gait_clock"]
        legs = [name.removesuffix("_foot") for name in robot.foot_names]
        gait = GaitCommand()
        self._swing_height, self._freq = gait.swing_height, gait.step_freq_hz
        leg, lean = straight_leg(robot), robot.default_q[1]
        self._angle_per_metre = 1 / (2 * leg.calf * np.cos(lean))
        self._lift_per_metre = 1 / (2 * leg.calf * np.sin(lean))
        side = torch.tensor([SIDE[leg] for leg in legs], dtype=torch.float32)
        self.register_buffer("hip_x", side[:, 0] * leg.hip_x)
        self.register_buffer("hip_y", side[:, 1] * (leg.hip_y + leg.side))
        self.register_buffer("diagonal", side.prod(dim=1))
        self.register_buffer("scale", torch.tensor(robot.action_scale, dtype=torch.float32))

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return the prior action, (N, 12)."""
        vx, vy, wz = observation[..., self._command].split(1, dim=-1)
        clock = observation[..., self._clock]
        # A trot: both diagonals run half a cycle apart, which flips the sign of sine and cosine.
        sine = clock[..., CLOCK["sin"]] * self.diagonal
        cosine = clock[..., CLOCK["cos"]] * clock[..., CLOCK["moving"]] * self.diagonal
        reach = cosine / (2 * np.pi * self._freq)
        forward = STRIDE_GAIN * (vx - wz * self.hip_y) * reach + FOOT_SHIFT
        left = SIDEWAYS_GAIN * (vy + wz * self.hip_x) * reach
        lift = LIFT_GAIN * torch.relu(-sine) * self._swing_height * self._lift_per_metre
        hip = left * self._angle_per_metre
        height = observation[..., HEIGHT] / HEIGHT_SCALE
        bend = lift - (SUPPORT + height) * self._lift_per_metre
        thigh = bend - forward * self._angle_per_metre
        angles = torch.stack([hip, thigh, -2 * bend], dim=-1).flatten(-2)
        return angles / self.scale
