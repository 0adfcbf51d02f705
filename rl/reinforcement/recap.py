"""Supervised learning from all rollouts, each marked by whether it did better (arXiv:2511.14759).

Every rollout so far is imitated, the failures too, but the model is told which it is: a mark, good
or bad, is added to what it thinks of each picture. Driving, it is told "good". Each round begins
from the model that training began with, so errors of one round do not stay.

Own design: there is no value function; a rollout is good where it did better than the others of
its scene. The mark is a vector in front of the backbone, so that the good one ends as a bias of
the exported model, which needs no further input.
"""

from functools import partial

import torch
from torch import Tensor, nn

from canter.rl.reinforcement.exploration import Exploration
from canter.rl.reinforcement.extended_model import ExtendedModel
from canter.rl.reinforcement.method import (
    Learning,
    LossTerms,
    fresh_config,
    learnable,
)
from canter.rl.reinforcement.objectives import EXECUTED, divergence
from canter.rl.reinforcement.reinforcement_settings import RecapLearning, VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import check_spread
from canter.rl.reinforcement.rollout_run import RolloutRun
from canter.rl.reinforcement.trajectory import TrajectoryBatch
from canter.vla.config import VlaConfig
from canter.vla.learner import Learner
from canter.vla.losses import action_loss
from canter.vla.model import VlaModel

GOOD, BAD = 0, 1
EMA = 0.98
"""Decay of the averaged weights, which drive."""


class MarkedModel(ExtendedModel):
    """A model that is told whether what it imitates went well.

    Args:
        config: sizes.
        signs: as of `VlaModel`.

    Attributes:
        marks: what is added to the tokens of good and of bad rollouts, (2, d_model).
    """

    def __init__(self, config: VlaConfig, signs: Tensor) -> None:
        super().__init__(config, signs)
        self.marks = nn.Parameter(torch.zeros(2, config.d_model))

    def push(self, advantage: Tensor, shown: Tensor) -> Tensor:
        """Return what is added to the tokens of rollouts (B,), zeros without mark, (B, d_model).

        Args:
            advantage: above 0 is good, below bad; 0 has no mark.
            shown: whether the mark is shown, bool.
        """
        good, bad = (advantage > 0) & shown, (advantage < 0) & shown
        return good[:, None] * self.marks[GOOD] + bad[:, None] * self.marks[BAD]

    def good(self) -> VlaModel:
        """Return the plain model that always takes itself to be good, in evaluation mode."""
        model = self.plain()
        last = model.fuse[-1]
        assert isinstance(last, nn.Linear)
        with torch.no_grad():
            last.bias.add_(self.marks[GOOD].cpu())
        return model


class RecapMethod:
    """Drives, and learns from all rollouts so far.

    Args:
        settings: of the run, whose folder holds the model to begin with.
    """

    def __init__(self, settings: VlaReinforcement) -> None:
        self._run = RolloutRun(settings)

    def improve(self, number: int) -> VlaModel:
        """Do a round; see `Method`."""
        run, config = self._run, self._run.settings.recap
        if run.is_done(number):
            return run.model(number)
        run.drive(number)
        every = run.rounds.driven_so_far(number)
        check_spread(every, number)
        terms = partial(
            recap_terms, start=run.start, exploration=run.settings.exploration, config=config
        )
        learning = Learning(
            [sample for scene in every for sample in scene.samples()],
            terms,
            run.settings.frames_per_batch,
            config.updates,
            (run.settings.seed, number),
        )
        model = learnable(MarkedModel.of(run.start))
        how = fresh_config(config.updates, config.rate, EMA, run.learner_path(number))
        learner = Learner(model, how)
        marked = run.learn(number, learner, learning, f"round{number}")
        assert isinstance(marked, MarkedModel)
        run.keep(number, marked.good())
        return run.model(number)


def recap_terms(
    model: VlaModel,
    batch: TrajectoryBatch,
    start: VlaModel,
    exploration: Exploration,
    config: RecapLearning,
) -> LossTerms:
    """Return the terms of the loss, and how far the model is from the start.

    Args:
        model: that learns, with marks.
        batch: of rollouts.
        start: the model that training began with.
        exploration: with which the rollouts were driven.
        config: of the method.
    """
    assert isinstance(model, MarkedModel)
    grid, mask = batch.features, batch.mask
    told = batch.proprio, batch.instruction, mask
    shown = torch.rand_like(batch.advantage) >= config.unmarked
    push = model.push(batch.advantage, shown)
    values = model.forward_features(grid, *told, push).values[mask]
    with torch.no_grad():
        at_start = start.forward_features(grid, *told).values[mask]
        tried = model.head.codec.decode(executed_chunks(batch))[mask]
    sigma = torch.from_numpy(exploration.sigma(model.config.active_fields)).to(values.device)
    apart = divergence(values, at_start, sigma)
    terms = action_loss(values, tried, model.head.codec) | {"kl": config.kl * apart}
    return terms, {"kl_to_start": float(apart.detach())}


def executed_chunks(batch: TrajectoryBatch) -> Tensor:
    """Return what was executed from each picture on, as values of the head, (B, T, K, A).

    What lies behind the last picture is what that picture's chunk would have been; padding holds
    any numbers.
    """
    tried = batch.values + batch.noise[:, :, None]
    steps = torch.arange(tried.shape[2], device=tried.device)
    last = batch.mask.sum(1)[:, None, None] - 1
    picture = torch.arange(tried.shape[1], device=tried.device)[None, :, None] + steps // EXECUTED
    seen = torch.minimum(picture, last)
    place = steps - EXECUTED * (seen - picture + steps // EXECUTED)
    rows = torch.arange(len(tried), device=tried.device)[:, None, None]
    return tried[rows, seen, place.clamp(max=tried.shape[2] - 1)]
