"""What every method of reinforcement shares: the files of its rounds, and the loop that learns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from rich.console import Console

from canter.rl.reinforcement.reinforcement_settings import VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import Scalars
from canter.rl.reinforcement.trajectory import Sample, TrajectoryBatch, sample_batches
from canter.rl.train_vla import Stage
from canter.vla.learner import LearnConfig, Learner, Observer, load_model
from canter.vla.losses import Terms
from canter.vla.model import VlaModel
from canter.vla.progress import ProgressBar
from canter.vla.sight import freeze_sight
from canter.vla.train import TensorBoardScalars, descend, finished

SHOWN = ("loss", "kl_to_start", "clipped")

LossTerms = tuple[Terms, Mapping[str, float]]
"""Terms of a loss, and what else is worth to be told of it."""


class Method(Protocol):
    """Learns by driving, round by round."""

    def improve(self, number: int) -> VlaModel:
        """Do a round, from 1, unless it is done; return the model after it.

        The checkpoint of :func:`stage_of` the round holds that model afterwards.

        Raises:
            CanterError: nothing can be learnt from the round.
        """


def stage_of(settings: VlaReinforcement, number: int) -> Stage:
    """Return where a round keeps its things; round 0 is the model that training began with."""
    return Stage(f"round{number}" if number else "start", settings.out)


def device() -> str:
    """Return the torch device to learn on."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def start_model(settings: VlaReinforcement) -> VlaModel:
    """Return the model that training began with, never to be changed."""
    model = load_model(stage_of(settings, 0).checkpoint)
    return model.requires_grad_(False).to(device())


def learnable(model: VlaModel) -> VlaModel:
    """Return the model ready to learn to act, while what sees and hears stays as it is.

    Rewards teach no words, and would only wear them off.
    """
    model.requires_grad_(True)
    freeze_sight(model)
    return model.eval()  # with the jitter of training, a command would not be as probable as it was


@dataclass(frozen=True, slots=True)
class Learning:
    """What a round learns from.

    Attributes:
        samples: rollouts.
        terms: of a batch of them.
        frames: pictures of a batch, about.
        updates: optimiser steps of the round.
        seed: of the run, and number of the round.
    """

    samples: Sequence[Sample]
    terms: Callable[[VlaModel, TrajectoryBatch], LossTerms]
    frames: int
    updates: int
    seed: tuple[int, int]


def learn(learner: Learner, learning: Learning, observers: Sequence[Observer]) -> VlaModel:
    """Take the learner's remaining steps on batches of rollouts; return its model.

    A step draws the same whether or not the round was cut off before it.
    """
    rng = np.random.default_rng(learning.seed)
    taken = learner.step - (learner.config.steps - learning.updates)
    batches = sample_batches(learning.samples, learning.frames, rng, taken)
    learner.model.eval()
    for step in learner.remaining():
        source = np.random.SeedSequence([*learning.seed, step])
        torch.manual_seed(int(source.generate_state(1)[0]))
        batch = next(batches).to(learner.config.device)
        terms, told = learning.terms(learner.model, batch)
        descend(learner, terms, observers, told)
    return finished(learner)


def fresh_config(updates: int, rate: float, ema: float, checkpoint: Path) -> LearnConfig:
    """Return how to optimise in a round whose optimiser begins anew."""
    return LearnConfig(
        steps=updates,
        learning_rate=rate,
        warmup=min(20, updates),
        ema=ema,
        device=device(),
        bfloat16=False,
        checkpoint=checkpoint,
    )


class Reports:
    """Tells how rounds go: a line on the screen, a bar, scalars for TensorBoard.

    Args:
        out: folder of the run.
        rounds: how many there are to be.
    """

    def __init__(self, out: Path, rounds: int) -> None:
        self._folder, self._rounds = out / "tensorboard", rounds
        self._scalars = TensorBoardScalars(self._folder, "round")

    def round(self, number: int, scalars: Scalars) -> None:
        """Tell how a round went, by name."""
        self._scalars(number, self._rounds, scalars)
        told = ", ".join(f"{name} {value:.2f}" for name, value in scalars.items())
        Console().print(f"round {number}: {told}", markup=False)

    def bar(self, title: str) -> ProgressBar:
        """Return the bar of a round's learning."""
        return ProgressBar(title, SHOWN)

    def learning(self, name: str) -> TensorBoardScalars:
        """Return what writes the scalars of optimiser steps under a name."""
        return TensorBoardScalars(self._folder, name)
