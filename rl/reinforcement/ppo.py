"""Proximal policy optimisation (arXiv:1707.06347) with a critic that sees the simulator's state.

The only reward is the verdict, 1 or 0, at the last picture of a rollout. So what the critic tells
is a probability of success: it is trained by cross-entropy, towards the lambda-return, which lies
between 0 and 1 as well. Advantages are estimated anew at each step, from the newest critic
(arXiv:2006.05990, section 3.5), and brought to mean 0 and deviation 1 in each batch.
"""

from collections.abc import Sequence
from functools import partial

from torch.nn import functional as F

from canter.rl.reinforcement.advantages import generalised_advantages
from canter.rl.reinforcement.clipped_method import ClippedMethod, Recipe, Reference, policy_terms
from canter.rl.reinforcement.critic import ActorCritic
from canter.rl.reinforcement.method import LossTerms, learnable
from canter.rl.reinforcement.reinforcement_settings import PpoLearning, VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import DrivenScene
from canter.rl.reinforcement.trajectory import Sample, TrajectoryBatch
from canter.vla.model import VlaModel

CRITIC = "critic."
"""How the names of the critic's parameters begin."""
LEAST_DEVIATION = 1e-6


def ppo_method(settings: VlaReinforcement) -> ClippedMethod:
    """Return the method of a run."""
    ppo = settings.ppo
    return ClippedMethod(
        settings,
        Recipe(
            ppo.policy,
            lambda model: learnable(ActorCritic.of(model)),
            every,
            partial(ppo_terms, ppo=ppo),
            ((CRITIC, ppo.critic_rate / ppo.policy.rate),),
        ),
    )


def every(scenes: Sequence[DrivenScene]) -> list[Sample]:
    """Return all rollouts: what the critic expected, not other rollouts, is what they beat."""
    return [sample for scene in scenes for sample in scene.samples()]


def ppo_terms(
    model: VlaModel, batch: TrajectoryBatch, reference: Reference, ppo: PpoLearning
) -> LossTerms:
    """Return the terms of the loss, and what is told of it.

    Args:
        model: that learns, with its critic.
        batch: of rollouts.
        reference: what the policy is reckoned against.
        ppo: settings of the method.
    """
    assert isinstance(model, ActorCritic)
    logits, mask = model.critic(batch.privileged, batch.instruction), batch.mask
    expected = logits.detach().sigmoid()
    advantage = generalised_advantages(expected, batch.reward, mask, ppo.discount, ppo.gae_lambda)
    target = (expected + advantage)[mask]
    value = F.binary_cross_entropy_with_logits(logits[mask], target)
    counted = advantage[mask]
    scaled = (advantage - counted.mean()) / (counted.std(correction=0) + LEAST_DEVIATION)
    terms, told = policy_terms(model, batch, scaled, reference)
    unexplained = counted.var(correction=0) / (target.var(correction=0) + LEAST_DEVIATION)
    return terms | {"value": ppo.value_weight * value}, {
        **told,
        "explained_variance": 1.0 - float(unexplained),
    }
