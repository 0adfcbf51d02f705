"""What only the code knows of each kind of locomotion policy; its numbers are in `presets`."""

from collections.abc import Callable
from dataclasses import dataclass

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


def mirror_of(settings: LocomotionTraining, robot: RobotSpec) -> Mirror | None:
    """Return the mirror of what the actor sees and does, None where it has sides."""
    if not settings.network.mirrored:
        return None
    return Mirror(settings.environment.terms(robot), robot)
