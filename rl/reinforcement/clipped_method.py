"""What the methods with a clipped probability ratio share: their rounds and the policy's terms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from canter.rl.reinforcement.exploration import Exploration
from canter.rl.reinforcement.extended_model import ExtendedModel
from canter.rl.reinforcement.method import Learning, LossTerms, device
from canter.rl.reinforcement.objectives import (
    clipped_objective,
    divergence,
    executed,
    log_likelihood,
)
from canter.rl.reinforcement.reinforcement_settings import ClippedLearning, VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import DrivenScene, check_spread
from canter.rl.reinforcement.rollout_run import RolloutRun
from canter.rl.reinforcement.trajectory import Sample, TrajectoryBatch
from canter.vla.learner import LearnConfig, Learner
from canter.vla.model import VlaModel


@dataclass(frozen=True, slots=True)
class Reference:
    """What the policy's terms are reckoned against.

    Attributes:
        start: the model that training began with; its stem is the learning model's.
        exploration: with which the rollouts were driven.
        config: clips, and the weight of the divergence.
    """

    start: VlaModel
    exploration: Exploration
    config: ClippedLearning


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes one of these methods.

    Attributes:
        config: how the policy learns.
        opened: makes a model ready to learn, with whatever parts it needs beside it.
        samples: which rollouts of a round are learnt from.
        terms: of the loss.
        rate_factors: of the learning rate, as in `LearnConfig`.
    """

    config: ClippedLearning
    opened: Callable[[VlaModel], VlaModel]
    samples: Callable[[Sequence[DrivenScene]], list[Sample]]
    terms: Callable[[VlaModel, TrajectoryBatch, Reference], LossTerms]
    rate_factors: tuple[tuple[str, float], ...] = ()


class ClippedMethod:
    """Each round goes on from the one before, optimiser and all.

    Args:
        settings: of the run, whose folder holds the model to begin with.
        recipe: of the method.
    """

    def __init__(self, settings: VlaReinforcement, recipe: Recipe) -> None:
        self._run, self._recipe = RolloutRun(settings), recipe
        recipe.opened(self._run.model(0))  # what cannot learn is refused before anything is driven

    def improve(self, number: int) -> VlaModel:
        """Do a round; see `Method`."""
        run, recipe = self._run, self._recipe
        if run.is_done(number):
            return run.model(number)
        scenes = run.drive(number)
        check_spread(scenes, number)
        reference = Reference(run.start, run.settings.exploration, recipe.config)
        learning = Learning(
            recipe.samples(scenes),
            lambda model, batch: recipe.terms(model, batch, reference),
            run.settings.frames_per_batch,
            recipe.config.updates,
            (run.settings.seed, number),
        )
        learnt = run.learn(number, self._learner(number), learning, run.settings.method)
        run.keep(number, learnt.plain() if isinstance(learnt, ExtendedModel) else learnt)
        run.rounds.forget(number)
        return run.model(number)

    def _learner(self, number: int) -> Learner:
        """Return what goes on with a round, or from the round before."""
        run, recipe = self._run, self._recipe
        here = run.learner_path(number)
        config = learn_config(recipe.config, number, here, recipe.rate_factors)
        torch.manual_seed(run.settings.seed)  # new parts begin alike in every process
        learner = Learner(recipe.opened(run.model(number - 1)), config)
        if number > 1 and not here.exists():
            learner.resume(run.learner_path(number - 1))
        return learner


def learn_config(
    config: ClippedLearning,
    number: int,
    checkpoint: Path | None,
    rate_factors: Sequence[tuple[str, float]] = (),
) -> LearnConfig:
    """Return how to optimise up to the end of a round.

    The rate is constant, and the averaged model is the newest: it drives, and its ratios are to
    begin at 1. They need float32.
    """
    return LearnConfig(
        steps=number * config.updates,
        learning_rate=config.rate,
        final_fraction=1.0,
        warmup=min(10, config.updates),
        weight_decay=0.0,
        ema=0.0,
        device=device(),
        bfloat16=False,
        report_every=1,
        checkpoint=checkpoint,
        rate_factors=dict(rate_factors),
    )


def policy_terms(
    model: VlaModel, batch: TrajectoryBatch, advantage: Tensor, reference: Reference
) -> LossTerms:
    """Return the terms of the policy, and the share of clipped ratios and the divergences.

    Args:
        model: that learns.
        batch: of rollouts.
        advantage: of what was executed at each picture, (B, T).
        reference: what it is reckoned against.
    """
    grid, mask, config = batch.features, batch.mask, reference.config
    told = batch.proprio, batch.instruction, mask
    values = model.forward_features(grid, *told).values
    with torch.no_grad():
        at_start = reference.start.forward_features(grid, *told).values
    exploration = reference.exploration
    sigma = torch.from_numpy(exploration.sigma(model.config.active_fields)).to(values.device)
    tried = executed(batch.values) + batch.noise
    now = log_likelihood(tried - executed(values), sigma, exploration)[mask]
    then = log_likelihood(batch.noise, sigma, exploration)[mask]
    policy, clipped = clipped_objective(
        now - then, advantage[mask], config.clip_low, config.clip_high
    )
    apart = divergence(values[mask], at_start[mask], sigma)
    return {"policy": policy, "kl": config.kl * apart}, {
        "clipped": clipped,
        "kl_to_start": float(apart.detach()),
        "kl_to_driver": float((then - now).detach().mean()),
    }
