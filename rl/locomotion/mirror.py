"""The mirror of a quadruped: left becomes right, and a policy that knows no side.

A robot whose body is symmetric should answer the mirrored situation with the mirrored action. The
mean of an actor's answer and of the mirrored answer to the mirrored situation always does.
"""

from collections.abc import Sequence

import torch
from torch import nn

from canter.control.gait.observation import ObservationTerm, observation_layout
from canter.control.robot import RobotSpec

SIGNS: dict[str, tuple[float, ...]] = {
    "base_ang_vel_b": (-1.0, 1.0, -1.0),
    "projected_gravity_b": (1.0, -1.0, 1.0),
    "velocity_command": (1.0, -1.0, -1.0),
}
"""Signs that vectors take in the mirror; numbers that are not listed keep theirs."""
JOINT_TERMS: tuple[str, ...] = ("joint_pos", "joint_vel", "last_action")
ACROSS = {"FL": "FR", "FR": "FL", "RL": "RR", "RR": "RL"}

Map = tuple[list[int], list[float]]
"""From where each number of the mirrored vector comes, and its sign."""


def mirror_joints(robot: RobotSpec) -> Map:
    """Return the mirror of a vector over the joints: legs change sides, hips their sign."""
    names = robot.joint_names
    split = [name.partition("_") for name in names]
    sources = [names.index(f"{ACROSS[leg]}_{rest}") for leg, _, rest in split]
    return sources, [-1.0 if rest.startswith("hip") else 1.0 for _, _, rest in split]


def mirror_feet(robot: RobotSpec) -> list[int]:
    """Return from which foot each foot of the mirrored robot comes."""
    legs = [name.partition("_")[0] for name in robot.foot_names]
    return [legs.index(ACROSS[leg]) for leg in legs]


def mirror_observation(terms: Sequence[ObservationTerm], robot: RobotSpec) -> Map:
    """Return the mirror of a packed observation without history.

    Raises:
        ValueError: a term has a history, or its mirror is not known (the trot's clock).
    """
    layout, sources, signs = observation_layout(tuple(terms)), [], []
    feet, (joints, joint_signs) = mirror_feet(robot), mirror_joints(robot)
    for term in terms:
        own, sign = list(range(term.width)), list(SIGNS.get(term.name, (1.0,) * term.width))
        if term.name in JOINT_TERMS and term.width == len(joints):
            own, sign = joints, joint_signs
        elif term.name == "foot_clock":
            count = len(feet)
            own = [*feet, *(count + foot for foot in feet), 2 * count]
        elif term.history > 1 or (term.width > 1 and term.name not in SIGNS):
            raise ValueError(f"the mirror of the term '{term.name}' is not known")
        sources += [layout[term.name].start + index for index in own]
        signs += sign
    return sources, signs


class Mirror(nn.Module):
    """Mirrors observations, whatever stands behind the terms left out, and actions.

    Args:
        terms: of the observation, the first of what is given to `observation`.
        robot: joints and feet by name.
    """

    sources: torch.Tensor
    signs: torch.Tensor
    joints: torch.Tensor
    joint_signs: torch.Tensor

    def __init__(self, terms: Sequence[ObservationTerm], robot: RobotSpec) -> None:
        super().__init__()
        (sources, signs), (joints, joint_signs) = (
            mirror_observation(terms, robot),
            mirror_joints(robot),
        )
        self.register_buffer("sources", torch.tensor(sources))
        self.register_buffer("signs", torch.tensor(signs))
        self.register_buffer("joints", torch.tensor(joints))
        self.register_buffer("joint_signs", torch.tensor(joint_signs))

    def observation(self, seen: torch.Tensor) -> torch.Tensor:
        """Return the mirrored terms, (N, size), of an observation (N, at least size)."""
        return seen[..., self.sources] * self.signs

    def action(self, action: torch.Tensor) -> torch.Tensor:
        """Return the mirrored action, (N, 12)."""
        return action[..., self.joints] * self.joint_signs


class MirroredActor(nn.Module):
    """Mean of an actor's action and of the mirrored action at the mirrored observation."""

    def __init__(self, actor: nn.Module, mirror: Mirror) -> None:
        super().__init__()
        self.actor, self.mirror = actor, mirror

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return the action, (N, 12)."""
        there = self.actor(self.mirror.observation(observation))
        mean: torch.Tensor = 0.5 * (self.actor(observation) + self.mirror.action(there))
        return mean
