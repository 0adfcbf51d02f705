"""Training loops over records in memory: perception from views, then cloning from episodes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter

from canter.vla.data import Episode, EpisodeBatch, PerceptionBatch, episode_batches
from canter.vla.learner import LearnConfig, Learner, Observer
from canter.vla.losses import Terms, action_loss, attention_loss, percept_loss, text_loss, total
from canter.vla.model import VlaModel


@dataclass(frozen=True, slots=True)
class CloneConfig:
    """What is particular to cloning.

    Attributes:
        frames_per_batch: about how many frames a step sees.
        train_stem: whether the convolutions go on learning; without, a step costs a third.
        seed: of the order of episodes.
    """

    frames_per_batch: int = 512
    train_stem: bool = True
    seed: int = 0


def view_terms(model: VlaModel, views: PerceptionBatch, device: str = "cpu") -> Terms:
    """Return the perception and text losses of a batch of views."""
    label = {
        field.name: torch.as_tensor(getattr(views, field.name)).to(device)
        for field in fields(PerceptionBatch)
    }
    out = model.forward_views(label["images"], label["tokens"], label["gravity"])
    return (
        percept_loss(
            out.percept, label["seen"], label["bearing"], label["distance"], label["certain"]
        )
        | attention_loss(out.attention, model.grounder.where, label["pixel"], label["seen"])
        | text_loss(out.said, label["colour"], label["shape"])
    )


def episode_terms(model: VlaModel, batch: EpisodeBatch) -> Terms:
    """Return the action, perception and text losses of a batch of episodes."""
    out = model.forward_sequence(batch.images, batch.proprio, batch.tokens, batch.mask)
    mask = batch.mask
    percept = type(out.percept)(*(term[mask] for term in out.percept))
    return (
        action_loss(out.values[mask], batch.chunk[mask], model.head.codec)
        | percept_loss(percept, batch.seen[mask], batch.bearing[mask], batch.distance[mask])
        | text_loss(out.said, batch.colour, batch.shape)
    )


def pretrain_perception(
    model: VlaModel,
    batches: Iterator[PerceptionBatch],
    config: LearnConfig,
    observers: Sequence[Observer] = (),
) -> VlaModel:
    """Ground words in pixels from independent views.

    Args:
        model: trained in place.
        batches: batches of views, drawn once a step.
        config: how to optimise; resumes from ``config.checkpoint`` if that exists.
        observers: told of progress.

    Returns:
        The averaged model, in evaluation mode.
    """
    learner = Learner(model, config)
    model.train()
    for _ in learner.remaining():
        with learner.autocast():
            terms = view_terms(model, next(batches), config.device)
        _descend(learner, terms, observers)
    return _finished(learner)


def clone(
    model: VlaModel,
    episodes: Sequence[Episode],
    config: LearnConfig,
    observers: Sequence[Observer] = (),
    cloning: CloneConfig = CloneConfig(),
    views: Iterator[PerceptionBatch] | None = None,
) -> VlaModel:
    """Imitate the expert's chunks over whole episodes.

    Args:
        model: trained in place.
        episodes: expert's and DAgger episodes.
        config: how to optimise; resumes from ``config.checkpoint`` if that exists.
        observers: told of progress.
        cloning: how episodes are drawn and what of the model learns.
        views: if given, each step also trains on a batch of views, so that grounding stays.

    Returns:
        The averaged model, in evaluation mode.
    """
    model.stem.requires_grad_(cloning.train_stem)
    learner = Learner(model, config)
    rng = np.random.default_rng(cloning.seed)
    batches = episode_batches(episodes, cloning.frames_per_batch, rng)
    model.train()
    for _ in learner.remaining():
        batch = _move(next(batches), config.device)
        with learner.autocast():
            terms = episode_terms(model, batch)
            if views is not None:
                extra = view_terms(model, next(views), config.device)
                terms |= {f"view_{name}": term for name, term in extra.items()}
        _descend(learner, terms, observers)
    model.stem.requires_grad_(True)
    return _finished(learner)


class TensorBoardScalars:
    """Observer that writes scalars for TensorBoard under a prefix."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.writer = SummaryWriter(str(folder))
        self.prefix = prefix

    def __call__(self, step: int, total_steps: int, scalars: dict[str, float]) -> None:
        """Write one report."""
        for name, value in scalars.items():
            self.writer.add_scalar(f"{self.prefix}/{name}", value, step)


def _descend(learner: Learner, terms: Terms, observers: Sequence[Observer]) -> None:
    """Take one step and tell the observers every ``report_every`` steps."""
    config = learner.config
    loss = total(terms)
    rate = config.rate(learner.step)
    norm = learner.update(loss)
    if learner.step % config.report_every and learner.step != config.steps:
        return
    scalars = {name: float(term.detach()) for name, term in terms.items()}
    scalars |= {"loss": float(loss.detach()), "gradient": norm, "learning_rate": rate}
    for observe in observers:
        observe(learner.step, config.steps, scalars)


def _finished(learner: Learner) -> VlaModel:
    """Save the last checkpoint and return the averaged model."""
    if learner.config.checkpoint is not None:
        learner.save(learner.config.checkpoint)
    return learner.average


def _move(batch: EpisodeBatch, device: str) -> EpisodeBatch:
    """Return the batch on a device."""
    return EpisodeBatch(*(getattr(batch, field.name).to(device) for field in fields(batch)))
