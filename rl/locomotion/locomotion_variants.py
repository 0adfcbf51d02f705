"""What ``canter train locomotion --policy`` chooses from: an environment and a kind of network."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import nn

from canter.control.gait.action import StiffnessAction
from canter.control.robot import LEGS, RobotSpec
from canter.rl.locomotion.gait_prior import GaitPrior
from canter.rl.locomotion.mirror import Mirror
from canter.rl.locomotion.trot_prior import TrotPrior
from canter.sim.locomotion.locomotion_commands import LIMITS, WHOLE
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.physics.terrain import ROUGH

WIDE = DynamicsRanges(
    added_mass=(-1.0, 8.0),
    friction=(0.25, 1.25),
    strength=(0.7, 1.1),
    kp_factor=(0.7, 1.3),
    kd_factor=(0.7, 1.3),
    delay_steps=(0, 5),
    payload_reach=(0.15, 0.08, 0.05),
)
"""Bodies far from the nominal one: off-centre loads, weak motors, wrong gains, late commands."""

BY_LEG = StiffnessAction(legs=LEGS, kp_range=(30.0, 120.0), damping=0.2)
"""Stiffness by leg around the fixed 60 Nm/rad, with the damping of arXiv:2502.09436."""

LATENT, HISTORY = 8, 50
"""Numbers that stand for the dynamics, and frames they are read from (arXiv:2107.04034)."""

Prior = Callable[[RobotSpec], nn.Module]
"""Makes the module from an observation to the action the actor starts from."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of locomotion policy.

    Attributes:
        config: the environment of the reinforcement learning.
        latent: width of the code of the dynamics that the actor sees; 0: it sees none.
        history: frames from which a student learns that code.
        prior: what the actor starts from.
        widths: hidden layers of actor and critic.
        mirrored: whether the actor answers the mirrored situation with the mirrored action.
        gait: what the contract says of the gait.
    """

    config: LocomotionConfig = LocomotionConfig()
    latent: int = 0
    history: int = 1
    prior: Prior = TrotPrior
    widths: tuple[int, ...] = (128, 128, 64)
    mirrored: bool = False
    gait: str = "trot, steps only while a motion is commanded"

    def mirror(self, robot: RobotSpec) -> Mirror | None:
        """Return the mirror of what the actor sees and does, None where it has sides."""
        return Mirror(self.config.terms(robot), robot) if self.mirrored else None

    def deployed(self) -> LocomotionConfig:
        """Return the environment as the exported policy sees it."""
        return replace(self.config, history=self.history)


_ROBUST = LocomotionConfig(dynamics=WIDE, dynamics_shown=True)

SLEW: dict[str, float] = {
    "phase_fr": 0.5,
    "phase_rl": 0.5,
    "phase_rr": 0.5,
    "step_freq_hz": 2.0,
    "body_height": 0.25,
    "body_pitch": 0.7,
    "stance_width": 0.25,
    "swing_height": 0.25,
}
"""Fastest change of gait and posture, cycles, Hz, m, rad a second: between gaits in a second."""

WHOLE_COMMAND = LocomotionConfig(
    commands=WHOLE,
    dynamics=DynamicsRanges(friction=(0.3, 1.25), added_mass=(-1.0, 4.0), delay_steps=(0, 5)),
    min_height=0.08,
    whole_command=True,
    push_speed=0.6,
    terrain=replace(ROUGH, shares=(0.25, 0.15, 0.15)),
    limits=LIMITS,
    slew=SLEW,
)
"""Every field of the GaitCommand."""

VARIANTS: dict[str, Variant] = {
    "trot": Variant(),
    "gait": Variant(
        WHOLE_COMMAND,
        prior=GaitPrior,
        widths=(256, 128, 64),
        mirrored=True,
        gait="trot, pace, bound and pronk by the phases; steps only while a motion is commanded",
    ),
    "robust": Variant(_ROBUST),
    "stiffness": Variant(replace(_ROBUST, stiffness=BY_LEG)),
    "rma": Variant(_ROBUST, LATENT, HISTORY),
}
"""The shipped trot; the whole GaitCommand; the trot under wide randomisation; with stiffness by
leg; with a memory."""
