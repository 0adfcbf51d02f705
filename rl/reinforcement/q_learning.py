"""Autoregressive Q-learning over binned commands, from all rollouts, failures too (GeRM).

What the head `canter.vla.token_head` says of each bin of a field, through a sigmoid, is the
probability of success after it (arXiv:2403.13358, after Q-Transformer, arXiv:2309.10150): of a
field that is not the last one, what the best bin of the next field promises; of the last one, what
the best bin of the first field promises at the next picture, less the discount. It is no less than
what came of it, and bins that nobody tried are held down.

Own design: the rewards and rollouts are those of the other methods; the head has learnt to imitate
first, and goes on from round to round; and the loss is the cross-entropy, not the squared error,
which has the same minimum and no gradient where the sigmoid saturates.
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from canter.control.errors import CanterError
from canter.rl.reinforcement.method import (
    Learning,
    LossTerms,
    fresh_config,
    learnable,
)
from canter.rl.reinforcement.objectives import executed
from canter.rl.reinforcement.reinforcement_settings import QLearning, VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import DrivenScene
from canter.rl.reinforcement.rollout_run import RolloutRun
from canter.rl.reinforcement.trajectory import Sample, TrajectoryBatch
from canter.vla.codec import BINS
from canter.vla.learner import Learner
from canter.vla.model import VlaModel
from canter.vla.token_head import TokenHead


class QMethod:
    """Drives, and learns what each bin is worth from all rollouts so far.

    Args:
        settings: of the run, whose folder holds the model to begin with.

    Raises:
        CanterError: the model has another head.
    """

    def __init__(self, settings: VlaReinforcement) -> None:
        self._run = RolloutRun(settings)
        token_head(self._run.start)

    def improve(self, number: int) -> VlaModel:
        """Do a round; see `Method`."""
        run, config = self._run, self._run.settings.q
        if run.is_done(number):
            return run.model(number)
        run.drive(number)
        every = run.rounds.driven_so_far(number)
        how = fresh_config(config.updates, config.rate, config.ema, run.learner_path(number))
        learner = Learner(learnable(run.model(number - 1)), how)
        learning = Learning(
            samples_of(every, config),
            partial(q_terms, slow=learner.average, config=config),
            run.settings.frames_per_batch,
            config.updates,
            (run.settings.seed, number),
        )
        run.keep(number, run.learn(number, learner, learning, f"round{number}"))
        return run.model(number)


def samples_of(scenes: Sequence[DrivenScene], config: QLearning) -> list[Sample]:
    """Return the rollouts that are learnt from.

    Raises:
        CanterError: all failed, and failures alone teach nothing.
    """
    samples = [sample for scene in scenes for sample in scene.samples()]
    won = [sample for sample in samples if sample.reward > 0]
    if not won:
        raise CanterError(
            f"none of {len(samples)} rollouts succeeded, so nothing is worth anything; choose "
            "easier --tasks or --levels, or a model that was trained for longer"
        )
    return samples if config.failures else won


def token_head(model: VlaModel) -> TokenHead:
    """Return the head of a model that says field after field.

    Raises:
        CanterError: it has another.
    """
    if not isinstance(model.head, TokenHead):
        raise CanterError(
            f"the method q needs a model with the head 'tokens', not '{model.config.head}'; train "
            "one: canter train vla --model.head tokens --model.horizon 1"
        )
    return model.head


def q_terms(
    model: VlaModel, batch: TrajectoryBatch, slow: VlaModel, config: QLearning
) -> LossTerms:
    """Return the terms of the loss, and the mean worth of what was tried.

    Args:
        model: that learns.
        batch: of rollouts.
        slow: its averaged weights, which say what the next picture promises.
        config: of the method.
    """
    grid, mask, head = batch.features, batch.mask, token_head(model)
    told = batch.proprio, batch.instruction, mask
    with torch.no_grad():
        tried = head.codec.bins(head.codec.decode(executed(batch.values) + batch.noise))
        promised = token_head(slow).logits(slow.forward_features(grid, *told).predicted, tried)
        target = q_targets(promised.sigmoid().amax(-1), batch.reward, mask, config.discount)[mask]
    logits = head.logits(model.forward_features(grid, *told).predicted, tried)[mask]
    taken = logits.gather(-1, tried[mask][..., None]).squeeze(-1)
    worthless = F.softplus(logits)  # cross-entropy with a worth of 0
    others = (worthless.sum(-1) - F.softplus(taken)) / (BINS - 1)
    terms = {
        "q": F.binary_cross_entropy_with_logits(taken, target),
        "conservative": config.conservative * others.mean(),
    }
    return terms, {"worth": float(taken.detach().sigmoid().mean())}


def q_targets(promised: Tensor, reward: Tensor, mask: Tensor, discount: float) -> Tensor:
    """Return what each field of each command was worth, (B, T, A).

    Args:
        promised: of the best bin of each field after what was said before it, (B, T, A); any
            numbers where padded.
        reward: of each rollout, (B,), which comes after its last command.
        mask: True at pictures that are not padding, (B, T).
        discount: of what comes one picture later.
    """
    steps = mask.sum(1)
    picture = torch.arange(mask.shape[1], device=mask.device)
    ahead = (steps[:, None] - 1 - picture).clamp_min(0)
    came = reward[:, None] * discount**ahead
    later = torch.cat([promised[:, 1:, 0], promised[:, :1, 0]], 1)
    last = torch.where(ahead == 0, reward[:, None], discount * later)
    target = torch.cat([promised[..., 1:], last[..., None]], -1)
    return torch.maximum(target, came[..., None])
