"""Leave-one-out policy gradients with a clipped ratio and no critic (RIPT-VLA, arXiv:2505.17016).

The rollouts of a scene are compared with one another alone. A command becomes more probable where
its rollout did better than the others, within a clip, and the model stays near the one that it
began as.
"""

from collections.abc import Sequence

from canter.rl.reinforcement.clipped_method import ClippedMethod, Recipe, Reference, policy_terms
from canter.rl.reinforcement.method import LossTerms, learnable
from canter.rl.reinforcement.reinforcement_settings import VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import DrivenScene
from canter.rl.reinforcement.trajectory import Sample, TrajectoryBatch
from canter.vla.model import VlaModel


def loop_method(settings: VlaReinforcement) -> ClippedMethod:
    """Return the method of a run."""
    return ClippedMethod(settings, Recipe(settings.loop, learnable, informative, loop_terms))


def informative(scenes: Sequence[DrivenScene]) -> list[Sample]:
    """Return the rollouts that went otherwise than the others of their scene."""
    return [sample for scene in scenes for sample in scene.samples() if sample.advantage]


def loop_terms(model: VlaModel, batch: TrajectoryBatch, reference: Reference) -> LossTerms:
    """Return the terms of the loss, and what is told of it; see `policy_terms`."""
    advantage = batch.advantage[:, None].expand_as(batch.mask)
    return policy_terms(model, batch, advantage, reference)
