"""Training loops over records in memory: perception from views, then cloning from episodes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter

from canter.vla.data import Episode, EpisodeBatch, PerceptionBatch, Skill, episode_batches
from canter.vla.learner import LearnConfig, Learner, Observer
from canter.vla.losses import (
    Terms,
    attention_loss,
    balance_loss,
    head_loss,
    percept_loss,
    range_loss,
    total,
    track_loss,
)
from canter.vla.model import VlaModel
from canter.vla.tracks import foretold


@dataclass(frozen=True, slots=True)
class CloneConfig:
    """What is particular to cloning.

    Attributes:
        frames_per_batch: about how many frames a step sees.
        train_stem: whether the convolutions learn from episodes, beside views; without, a step
            costs half.
        seed: of the order of episodes.
        shares: of the frames that skills are to have; see `canter.vla.data.balanced`.
        weights: of the active fields; see `canter.vla.data.field_weights`.
    """

    frames_per_batch: int = 512
    train_stem: bool = True
    seed: int = 0
    shares: Mapping[Skill, float] = field(default_factory=dict)
    weights: tuple[float, ...] = ()


def view_terms(model: VlaModel, views: PerceptionBatch, device: str = "cpu") -> Terms:
    """Return the perception losses of a batch of views."""
    label = {
        f.name: torch.as_tensor(value).to(device)
        for f in fields(PerceptionBatch)
        if (value := getattr(views, f.name)) is not None
    }
    asked = label["referents"], label["signs"], label["gravity"]
    if "features" in label:
        out = model.forward_view_features(label["features"].float(), *asked)
    else:
        out = model.forward_views(label["images"], *asked)
    found = percept_loss(
        out.percept, label["seen"], label["bearing"], label["distance"], label["certain"]
    )
    looked = attention_loss(out.attention, model.grounder.where, label["pixel"], label["seen"])
    return found | looked | range_loss(out.log_ranges, label["ranges"])


def episode_terms(
    model: VlaModel, batch: EpisodeBatch, cloning: CloneConfig = CloneConfig()
) -> Terms:
    """Return the action and perception losses of a batch of episodes.

    Args:
        model: that learns.
        batch: of episodes.
        cloning: whether the convolutions learn from them, and what weighs how much.
    """
    mask = batch.mask
    if batch.features is not None:
        grid = batch.features.float()
    else:
        with torch.set_grad_enabled(cloning.train_stem and torch.is_grad_enabled()):
            grid = model.stem(batch.images[mask])
    out = model.forward_features(grid, batch.proprio, batch.instruction, mask)
    percept = type(out.percept)(*(term[mask] for term in out.percept))
    there = batch.present[mask]
    acted = head_loss(out.predicted[mask], batch.chunk[mask], model.head, cloning.weights)
    terms = acted | percept_loss(
        percept, batch.seen[mask] & there, batch.bearing[mask], batch.distance[mask], there
    )
    if out.tracks is not None:
        came = foretold(batch.proprio, batch.bearing, batch.distance, batch.present, mask)
        terms |= track_loss(out.tracks, came)
    return terms | balance_loss(out.imbalance) if model.config.experts > 1 else terms


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
        descend(learner, terms, observers)
    return finished(learner)


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
    learner = Learner(model, config)
    rng = np.random.default_rng(cloning.seed)
    batches = episode_batches(episodes, cloning.frames_per_batch, rng, cloning.shares)
    model.train()
    for _ in learner.remaining():
        batch = _move(next(batches), config.device)
        with learner.autocast():
            terms = episode_terms(model, batch, cloning)
            if views is not None:
                extra = view_terms(model, next(views), config.device)
                terms |= {f"view_{name}": term for name, term in extra.items()}
        descend(learner, terms, observers)
    return finished(learner)


class TensorBoardScalars:
    """Observer that writes scalars for TensorBoard under a prefix."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.writer = SummaryWriter(str(folder))
        self.prefix = prefix

    def __call__(self, step: int, total_steps: int, scalars: dict[str, float]) -> None:
        """Write one report."""
        for name, value in scalars.items():
            self.writer.add_scalar(f"{self.prefix}/{name}", value, step)


def descend(
    learner: Learner,
    terms: Terms,
    observers: Sequence[Observer],
    told: Mapping[str, float] | None = None,
) -> None:
    """Take one step and tell the observers every ``report_every`` steps.

    Args:
        learner: whose model the terms are of.
        terms: of the loss.
        observers: told of the terms.
        told: what else they are told.
    """
    config = learner.config
    loss = total(terms)
    rate = config.rate(learner.step)
    norm = learner.update(loss)
    if learner.step % config.report_every and learner.step != config.steps:
        return
    scalars = {name: float(term.detach()) for name, term in terms.items()}
    scalars |= {"loss": float(loss.detach()), "gradient": norm, "learning_rate": rate}
    scalars |= told or {}
    for observe in observers:
        observe(learner.step, config.steps, scalars)


def finished(learner: Learner) -> VlaModel:
    """Save the last checkpoint and return the averaged model."""
    if learner.config.checkpoint is not None:
        learner.save(learner.config.checkpoint)
    return learner.average


def _move(batch: EpisodeBatch, device: str) -> EpisodeBatch:
    """Return the batch on a device."""
    given = {f.name: getattr(batch, f.name) for f in fields(batch)}
    return replace(batch, **{name: v.to(device) for name, v in given.items() if v is not None})
