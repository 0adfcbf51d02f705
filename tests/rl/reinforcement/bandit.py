"""A bandit: one scene, two pictures, and a reward that likes one command better."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from canter.control.types import CHUNK_STEPS
from canter.rl.reinforcement.clipped_method import Reference, learn_config
from canter.rl.reinforcement.exploration import Exploration, NoiseSource
from canter.rl.reinforcement.method import Learning, LossTerms, learn
from canter.rl.reinforcement.objectives import executed
from canter.rl.reinforcement.privileged_state import PRIVILEGED
from canter.rl.reinforcement.reinforcement_settings import ClippedLearning
from canter.rl.reinforcement.rollout_group import trajectory_path
from canter.rl.reinforcement.rollout_rounds import DrivenScene
from canter.rl.reinforcement.trajectory import Sample, SceneResult, Trajectory
from canter.vla.config import IMAGE_SHAPE
from canter.vla.instruction import InstructionCode
from canter.vla.learner import Learner
from canter.vla.model import VlaModel
from canter.vla.proprio import PROPRIO

HOW = Exploration(noise=0.2, smooth=0.5)
LIKED = 0.3
"""Turn rate that is rewarded when it is passed, in halves of its range."""
PICTURES = 2

Terms = Callable[..., LossTerms]


def spoken(model: VlaModel, seed: int = 0) -> Trajectory:
    """Return what a model says to the same picture, twice, with noise."""
    rng = np.random.default_rng(seed)
    fields = model.config.active_fields
    images = np.random.default_rng(9).integers(0, 256, (PICTURES, *IMAGE_SHAPE)).astype(np.uint8)
    proprio = np.zeros((PICTURES, PROPRIO.size), np.float32)
    said = np.zeros(InstructionCode(model.config.tasks).layout.size, np.float32)
    with torch.no_grad():
        features = model.stem(torch.from_numpy(images)).half()
        out = model.forward_features(
            features.float(),
            torch.from_numpy(proprio)[None],
            torch.from_numpy(said)[None],
            torch.ones(1, PICTURES, dtype=torch.bool),
        )
    source = NoiseSource(HOW, fields, [rng])
    noise = np.concatenate([source.draw() for _ in range(PICTURES)])
    privileged = np.zeros((PICTURES, PRIVILEGED.size), np.float32)
    return Trajectory(features.numpy(), proprio, said, out.values[0].numpy(), noise, privileged)


def turn(model: VlaModel) -> float:
    """Return the turn rate that a model commands to the picture."""
    values = executed(torch.from_numpy(spoken(model).values))
    return float(values[:, model.config.active_fields.index("wz")].mean())


def turning(model: VlaModel, rate: float) -> VlaModel:
    """Return the model with a turn rate added to all that it commands."""
    last = model.head.layers[-2]
    assert isinstance(last, torch.nn.Linear)
    with torch.no_grad():
        bias = last.bias.view(CHUNK_STEPS, -1)
        bias[:, model.config.active_fields.index("wz")] += rate
    return model


def play(model: VlaModel, folder: Path, seed: int, count: int = 32) -> DrivenScene:
    """Return rollouts of the bandit, rewarded where the turn rate they tried is above LIKED."""
    where = model.config.active_fields.index("wz")
    rngs = [np.random.default_rng([seed, number]) for number in range(count)]
    source = NoiseSource(HOW, model.config.active_fields, rngs)
    noise = np.stack([source.draw() for _ in range(PICTURES)], 1)
    said = spoken(model)
    tried = [replace(said, noise=row) for row in noise]
    rewards = tuple(
        float((executed(torch.from_numpy(t.values)).numpy() + t.noise)[:, where].mean() > LIKED)
        for t in tried
    )
    folder = folder / str(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number, trajectory in enumerate(tried):
        trajectory.save(trajectory_path(folder, number))
    return DrivenScene(
        folder, SceneResult("move", 1, seed, rewards, (PICTURES,) * count, ("",) * count)
    )


def improve(
    model: VlaModel,
    start: VlaModel,
    samples: list[Sample],
    config: ClippedLearning,
    terms: Terms,
    **factors: float,
) -> VlaModel:
    """Return a model after a round of updates on samples; factors of learning rates by part."""
    learner = Learner(model, learn_config(config, 1, None, tuple(factors.items())))
    reckoned = partial(terms, reference=Reference(start, HOW, config))
    return learn(learner, Learning(samples, reckoned, 64, config.updates, (0, 1)), [])
