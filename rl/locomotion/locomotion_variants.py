"""What only the code knows of each kind of locomotion policy; its numbers are in `presets`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from canter.control.robot import RobotSpec
from canter.rl.locomotion.gait_prior import GaitPrior
from canter.rl.locomotion.mirror import Mirror
from canter.rl.locomotion.trot_prior import TrotPrior
from canter.rl.settings import LocomotionTraining, PolicyKind

Prior = Callable[[RobotSpec], nn.Module]
"""Makes the module from an observation to the action the actor starts from."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of locomotion policy.

    Attributes:
        prior: what the actor starts from.
        gait: what the contract says of the gait.
    """

    prior: Prior = TrotPrior
    gait: str = "trot, steps only while a motion is commanded"


_TROT = Variant()
VARIANTS: dict[PolicyKind, Variant] = {
    "trot": _TROT,
    "gait": Variant(
        GaitPrior,
        gait="trot, pace, bound and pronk by the phases; steps only while a motion is commanded",
    ),
    "robust": _TROT,
    "stiffness": _TROT,
    "rma": _TROT,
}


def policy_arguments(
    settings: LocomotionTraining, widths: Mapping[str, int], robot: RobotSpec
) -> dict[str, Any]:
    """Return the arguments of an `AsymmetricPolicy` of these settings.

    Args:
        settings: of its training.
        widths: of the parts of an observation, by name.
        robot: the robot.
    """
    network = settings.network
    return {
        "actor_size": widths["actor"],
        "widths": network.widths,
        "prior": VARIANTS[settings.policy].prior(robot),
        "log_std_init": settings.ppo.initial_log_std,
        "dynamics": widths["dynamics"] if network.latent else 0,
        "code": network.latent,
        "mirror": mirror_of(settings, robot),
    }


def mirror_of(settings: LocomotionTraining, robot: RobotSpec) -> Mirror | None:
    """Return the mirror of what the actor sees and does, None where it has sides."""
    if not settings.network.mirrored:
        return None
    return Mirror(settings.environment.terms(robot), robot)
