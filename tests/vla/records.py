"""Random training records of the right shapes."""

import numpy as np

from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.vla.config import IMAGE_SHAPE, MAX_TOKENS
from canter.vla.data import Episode, PerceptionBatch
from canter.vla.proprio import PROPRIO

VOCABULARY = 10


def make_tokens(rng: np.random.Generator, *shape: int) -> np.ndarray:
    tokens = rng.integers(1, VOCABULARY, (*shape, MAX_TOKENS))
    tokens[..., 5:] = 0
    return tokens


def make_views(count: int, many: int = 2, seed: int = 0) -> PerceptionBatch:
    """PerceptionBatch of a bright or a dark image; what is said is seen where it is bright."""
    rng = np.random.default_rng(seed)
    bright = rng.integers(0, 2, count).astype(bool)
    level = np.where(bright, 200, 50)[:, None, None, None]
    return PerceptionBatch(
        images=(level + rng.integers(-20, 20, (count, *IMAGE_SHAPE))).astype(np.uint8),
        gravity=np.tile(np.array([0, 0, -1], np.float32), (count, 1)),
        tokens=make_tokens(rng, count, many),
        seen=np.repeat(bright[:, None], many, 1),
        certain=np.ones((count, many), bool),
        bearing=np.full((count, many), 0.3, np.float32),
        distance=np.full((count, many), 2.0, np.float32),
        pixel=np.zeros((count, many, 2), np.float32),
        colour=np.zeros((count, many), np.int64),
        shape=np.ones((count, many), np.int64),
    )


def make_episode(steps: int, seed: int = 0) -> Episode:
    """An episode whose expert always commands the same."""
    rng = np.random.default_rng(seed)
    command = GaitCommand(vx=0.5, wz=-0.3).to_array()
    return Episode(
        images=rng.integers(0, 256, (steps, *IMAGE_SHAPE)).astype(np.uint8),
        proprio=rng.normal(size=(steps, PROPRIO.size)).astype(np.float32),
        tokens=make_tokens(rng),
        chunk=np.tile(command, (steps, CHUNK_STEPS, 1)),
        seen=rng.integers(0, 2, steps).astype(bool),
        bearing=rng.normal(size=steps).astype(np.float32),
        distance=np.full(steps, 1.5, np.float32),
        colour=2,
        shape=3,
    )
