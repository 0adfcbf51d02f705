"""The whole GaitCommand as an open-loop gait: where the actor starts, computed inside its graph.

Feet follow the clock in a level frame under the base: a planted foot moves back with the commanded
velocity of its hip, a swinging one rises along half a sine. Height, pitch and stance width move
the base against the feet; exact inverse kinematics of the legs gives the joint targets. The actor
adds what balance and contact need. Own design.
"""

import torch
from torch import nn

from canter.control.dynamics.straight_leg import straight_leg
from canter.control.gait.observation import GAIT_TERMS, observation_layout
from canter.control.robot import RobotSpec
from canter.rl.locomotion.trot_prior import FOOT_SHIFT, SIDE, SIDEWAYS_GAIN

TERMS = observation_layout(GAIT_TERMS)
SCALES = {term.name: term.scale for term in GAIT_TERMS}
SUPPORT = 0.03
"""Extension of all legs against the trunk's sag, m."""
LIFT_GAIN, STRIDE_GAIN = 1.5, 2.0
"""Factors on swing height and stride that make up for the softness of the joints: with 1.2 and 1.6
a policy of 13 M steps swung 3 cm too low, and went 0.7 of the velocity that was asked."""
REACH = (0.09 / 0.426, 0.42 / 0.426)
"""Shortest and longest distance from the thigh axis to the foot, in lengths of a stretched leg."""


class GaitPrior(nn.Module):
    """Maps an observation (N, GAIT_TERMS) to the action (N, 12) of an open-loop gait.

    Args:
        robot: with straight legs, both links equally long.
    """

    side_x: torch.Tensor
    side_y: torch.Tensor
    scale: torch.Tensor
    default_q: torch.Tensor

    def __init__(self, robot: RobotSpec) -> None:
        super().__init__()
        legs = [name.removesuffix("_foot") for name in robot.foot_names]
        self._legs = len(legs)
        self._hip_height = robot.standing_height - robot.foot_radius
        self._leg = straight_leg(robot)
        shortest, longest = (part * (self._leg.thigh + self._leg.calf) for part in REACH)
        self._reach = shortest, longest
        side = torch.tensor([SIDE[leg] for leg in legs], dtype=torch.float32)
        self.register_buffer("side_x", side[:, 0])
        self.register_buffer("side_y", side[:, 1])
        self.register_buffer("scale", torch.tensor(robot.action_scale, dtype=torch.float32))
        self.register_buffer("default_q", torch.tensor(robot.default_q, dtype=torch.float32))

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return the prior action, (N, 12)."""
        x, y, z = self.feet(observation)
        from_hip_x = x - self.side_x * self._leg.hip_x
        q = self.joint_angles(from_hip_x, y - self.side_y * self._leg.hip_y, z)
        return (q - self.default_q) / self.scale

    def feet(self, observation: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return x, y, z of the feet in the base frame, m, each (N, 4)."""
        vx, vy, wz = observation[..., TERMS["velocity_command"]].split(1, dim=-1)
        clock = observation[..., TERMS["foot_clock"]]
        sine, cosine = clock[..., : self._legs], clock[..., self._legs : 2 * self._legs]
        moving = clock[..., 2 * self._legs :]
        reach = moving * cosine / (2 * torch.pi * self._raw(observation, "step_freq_command"))
        home_x = self.side_x * self._leg.hip_x
        home_y = self.side_y * self._raw(observation, "stance_width_command") / 2
        x = home_x + FOOT_SHIFT + STRIDE_GAIN * (vx - wz * home_y) * reach
        y = home_y + SIDEWAYS_GAIN * (vy + wz * home_x) * reach
        lift = LIFT_GAIN * torch.relu(-sine) * self._raw(observation, "swing_height_command")
        z = lift - self._hip_height - SUPPORT - self._raw(observation, "body_height_command")
        pitch = self._raw(observation, "body_pitch_command")
        cos, sin = torch.cos(pitch), torch.sin(pitch)
        return cos * x - sin * z, y, sin * x + cos * z

    def joint_angles(self, x: torch.Tensor, y: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """Return the angles, rad, (N, 12), that put the feet at x, y, z from the hip, each (N, 4).

        A foot out of reach is drawn to the nearest distance within REACH.
        """
        leg, (shortest, longest) = self._leg, self._reach
        offset = self.side_y * leg.side
        down = torch.sqrt(torch.clamp(y * y + z * z - offset * offset, min=shortest**2))
        hip = torch.atan2(z, y) - torch.atan2(-down, offset)
        distance = torch.clamp(torch.sqrt(x * x + down * down), shortest, longest)
        straight = distance**2 - leg.thigh**2 - leg.calf**2
        calf = -torch.acos(torch.clamp(straight / (2 * leg.thigh * leg.calf), -1.0, 1.0))
        thigh = torch.atan2(-x, down) - calf / 2  # both links are equally long
        return torch.stack([hip, thigh, calf], dim=-1).flatten(-2)

    def _raw(self, observation: torch.Tensor, name: str) -> torch.Tensor:
        """Return a command in its own unit, (N, 1)."""
        return observation[..., TERMS[name]] / SCALES[name]
