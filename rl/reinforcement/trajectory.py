"""Rollouts as they are kept for learning: a file of arrays each, and how those of a scene went."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.array_file import read_arrays, write_arrays
from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.plain_json import parse_json
from canter.control.types import CHUNK_STEPS
from canter.rl.reinforcement.privileged_state import PRIVILEGED
from canter.vla.data import check_shapes, length_groups, padded, valid_frames
from canter.vla.proprio import PROPRIO


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What one robot saw, said and did, at T pictures.

    Attributes:
        features: what the driver's stem made of the pictures, float16, (T, L, channels).
        proprio: float32, (T, PROPRIO.size).
        instruction: vector of `canter.vla.instruction`, float32, (width,).
        values: the driver's chunk head, without noise, float32, (T, CHUNK_STEPS, active).
        noise: added to the commands of each chunk before they were executed, (T, active).
        privileged: what the simulator knew, float32, (T, PRIVILEGED.size).
    """

    features: NDArray[np.float16]
    proprio: NDArray[np.float32]
    instruction: NDArray[np.float32]
    values: NDArray[np.float32]
    noise: NDArray[np.float32]
    privileged: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Refuse arrays whose shapes do not fit together, and noise that is no number."""
        steps, active = self.noise.shape
        expected: dict[str, tuple[int, ...]] = {
            "features": (steps, *self.features.shape[1:]),
            "proprio": (steps, PROPRIO.size),
            "values": (steps, CHUNK_STEPS, active),
            "privileged": (steps, PRIVILEGED.size),
        }
        check_shapes("Trajectory", self, expected)

    def save(self, path: Path) -> None:
        """Write the arrays, whole or not at all."""
        write_arrays(path, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def load(cls, path: Path) -> "Trajectory":
        """Return the trajectory of a file.

        Raises:
            CanterError: the file is missing or damaged.
        """
        try:
            return cls(**read_arrays(path))
        except (CanterError, TypeError, ValueError) as error:
            raise CanterError(
                f"rollout '{path}' cannot be read: {error}; delete the folder above it and give "
                "the same command again"
            ) from error


@dataclass(frozen=True, slots=True)
class SceneResult:
    """How the rollouts of one scene went.

    Attributes:
        task: of the scene.
        level: of the scene.
        seed: of the scene.
        rewards: of each rollout: 1 where the strict verdict is success, else 0.
        frames: pictures of each rollout.
        reasons: why each rollout failed; empty where it did not.
    """

    task: str
    level: int
    seed: int
    rewards: tuple[float, ...]
    frames: tuple[int, ...]
    reasons: tuple[str, ...]

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        write_text(path, json.dumps(asdict(self)) + "\n")

    @classmethod
    def load(cls, path: Path) -> "SceneResult":
        """Return the result of a file.

        Raises:
            CanterError: it is damaged, or a reward is no finite number.
        """
        try:
            read = parse_json(path.read_text(encoding="utf-8"))
            listed: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value
                for key, value in read.items()
            }
            result = cls(**listed)
            finite = all(math.isfinite(reward) for reward in result.rewards)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise CanterError(f"results '{path}' cannot be read ({error}); delete them") from error
        if not finite or not len(result.rewards) == len(result.frames) == len(result.reasons):
            raise CanterError(
                f"results '{path}' hold rewards {list(result.rewards)}: there must be a 0 or a 1 "
                "for each rollout; delete the file and give the same command again"
            )
        return result


@dataclass(frozen=True, slots=True)
class Sample:
    """A rollout to learn from.

    Attributes:
        path: of its trajectory.
        frames: its length.
        reward: 1 where it succeeded, else 0.
        advantage: how much better than its fellows it went.
    """

    path: Path
    frames: int
    reward: float
    advantage: float


@dataclass(frozen=True, slots=True)
class TrajectoryBatch:
    """Trajectories padded at the end to one length; fields as in Trajectory, batch axis first.

    Attributes:
        features: of the pictures that are not padding, in order, float32, (frames, L, channels).
        reward: of each, float32, (B,).
        advantage: of each, float32, (B,).
        mask: True at pictures that are not padding, (B, T).
    """

    features: Tensor
    proprio: Tensor
    instruction: Tensor
    values: Tensor
    noise: Tensor
    privileged: Tensor
    reward: Tensor
    advantage: Tensor
    mask: Tensor

    def to(self, device: str) -> "TrajectoryBatch":
        """Return the batch on a device."""
        return TrajectoryBatch(*(getattr(self, f.name).to(device) for f in fields(self)))


def collate(
    trajectories: Sequence[Trajectory], rewards: Sequence[float], advantages: Sequence[float]
) -> TrajectoryBatch:
    """Pad trajectories with zeros to the longest."""
    return TrajectoryBatch(
        features=torch.from_numpy(np.concatenate([t.features for t in trajectories])).float(),
        proprio=padded(trajectories, "proprio"),
        instruction=torch.from_numpy(np.stack([t.instruction for t in trajectories])),
        values=padded(trajectories, "values"),
        noise=padded(trajectories, "noise"),
        privileged=padded(trajectories, "privileged"),
        reward=torch.tensor(list(rewards), dtype=torch.float32),
        advantage=torch.tensor(list(advantages), dtype=torch.float32),
        mask=valid_frames([len(t.noise) for t in trajectories]),
    )


def sample_batches(
    samples: Sequence[Sample], frames: int, rng: np.random.Generator, skipped: int = 0
) -> Iterator[TrajectoryBatch]:
    """Draw batches of about ``frames`` pictures for ever, read from the disk as they are drawn.

    Args:
        samples: to draw from.
        frames: of a batch, about.
        rng: source of the order.
        skipped: batches at the beginning that are not read, for they were learnt from.
    """
    for group in islice(_groups(samples, frames, rng), skipped, None):
        chosen = [samples[i] for i in group]
        loaded = [Trajectory.load(sample.path) for sample in chosen]
        yield collate(loaded, [s.reward for s in chosen], [s.advantage for s in chosen])


def _groups(
    samples: Sequence[Sample], frames: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Draw the indices of batches for ever, every sample once a pass."""
    lengths = np.array([sample.frames for sample in samples])
    while True:
        yield from length_groups(lengths, frames, rng)
