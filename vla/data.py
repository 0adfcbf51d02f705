"""Training records in memory, and how they are drawn in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.errors import CanterError
from canter.control.types import CHUNK_STEPS, GAIT_RANGES
from canter.control.vocab import Target
from canter.vla.config import (
    COLOUR_CLASSES,
    IMAGE_SHAPE,
    MAX_TOKENS,
    SHAPE_CLASSES,
)
from canter.vla.proprio import PROPRIO

TINTED_SHARE = 0.25
"""Share of the views of a batch that lose their colours."""


def target_classes(target: Target) -> tuple[int, int]:
    """Return the indices of a target in COLOUR_CLASSES and SHAPE_CLASSES; None is "any"."""
    return COLOUR_CLASSES.index(target.colour or "any"), SHAPE_CLASSES.index(target.shape or "any")


@dataclass(frozen=True, slots=True)
class PerceptionBatch:
    """Independent rendered views, each with M instructions; a batch of them is the same thing.

    Attributes:
        images: uint8, (N, 64, 96, 3).
        gravity: unit gravity in the base frame, float32, (N, 3).
        tokens: int64, (N, M, MAX_TOKENS).
        seen: whether the named thing is in view, bool, (N, M).
        certain: whether ``seen`` is beyond doubt, bool, (N, M); False where a few pixels show.
        bearing: its direction in the base frame, positive left, rad, float32, (N, M).
        distance: its distance, m, float32, (N, M); positive.
        pixel: where in the image its visible part is centred, x right and y down, -1..1 from edge
            to edge, float32, (N, M, 2); any number where it is not seen.
        colour: index in COLOUR_CLASSES of the colour said, int64, (N, M).
        shape: index in SHAPE_CLASSES of the shape said, int64, (N, M).
    """

    images: NDArray[np.uint8]
    gravity: NDArray[np.float32]
    tokens: NDArray[np.int64]
    seen: NDArray[np.bool_]
    certain: NDArray[np.bool_]
    bearing: NDArray[np.float32]
    distance: NDArray[np.float32]
    pixel: NDArray[np.float32]
    colour: NDArray[np.int64]
    shape: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse arrays whose shapes do not fit together."""
        many = self.tokens.shape[:2]
        expected: dict[str, tuple[int, ...]] = {
            field.name: many for field in fields(self) if field.name not in ("images", "tokens")
        }
        expected |= {"images": (many[0], *IMAGE_SHAPE), "gravity": (many[0], 3)}
        expected |= {"tokens": (*many, MAX_TOKENS), "pixel": (*many, 2)}
        _check_shapes("PerceptionBatch", self, expected)

    def __len__(self) -> int:
        """Return the number of views."""
        return len(self.images)

    def take(self, index: NDArray[np.int64]) -> "PerceptionBatch":
        """Return the views at an index array."""
        return PerceptionBatch(*(getattr(self, field.name)[index] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode of T frames with the expert's labels at every frame.

    Attributes:
        images: uint8, (T, 64, 96, 3).
        proprio: float32, (T, PROPRIO.size).
        tokens: int64, (MAX_TOKENS,).
        chunk: expert's commands in physical units, float32, (T, CHUNK_STEPS, 12).
        seen: whether the target is in view, bool, (T,).
        bearing: direction of the target in the base frame, positive left, rad, float32, (T,).
        distance: distance of the target, m, float32, (T,); positive.
        colour: index in COLOUR_CLASSES of the colour said.
        shape: index in SHAPE_CLASSES of the shape said.
    """

    images: NDArray[np.uint8]
    proprio: NDArray[np.float32]
    tokens: NDArray[np.int64]
    chunk: NDArray[np.float32]
    seen: NDArray[np.bool_]
    bearing: NDArray[np.float32]
    distance: NDArray[np.float32]
    colour: int
    shape: int

    def __post_init__(self) -> None:
        """Refuse arrays whose shapes do not fit together."""
        steps = len(self.images)
        expected: dict[str, tuple[int, ...]] = {
            "images": (steps, *IMAGE_SHAPE),
            "proprio": (steps, PROPRIO.size),
            "tokens": (MAX_TOKENS,),
            "chunk": (steps, CHUNK_STEPS, len(GAIT_RANGES)),
            **{name: (steps,) for name in ("seen", "bearing", "distance")},
        }
        _check_shapes("Episode", self, expected)

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.images)


@dataclass(frozen=True, slots=True)
class EpisodeBatch:
    """Episodes padded at the end to one length; fields as in Episode with a batch axis first.

    Attributes:
        mask: True at frames that are not padding, (B, T).
    """

    images: Tensor
    proprio: Tensor
    tokens: Tensor
    chunk: Tensor
    seen: Tensor
    bearing: Tensor
    distance: Tensor
    colour: Tensor
    shape: Tensor
    mask: Tensor


def collate(episodes: Sequence[Episode]) -> EpisodeBatch:
    """Pad episodes with zeros (distance with ones) to the longest."""
    longest = max(len(episode) for episode in episodes)

    def padded(name: str, fill: float = 0.0) -> Tensor:
        first = getattr(episodes[0], name)
        out = np.full((len(episodes), longest, *first.shape[1:]), fill, first.dtype)
        for row, episode in zip(out, episodes, strict=True):
            row[: len(episode)] = getattr(episode, name)
        return torch.from_numpy(out)

    lengths = np.array([len(episode) for episode in episodes])
    return EpisodeBatch(
        images=padded("images"),
        proprio=padded("proprio"),
        tokens=torch.from_numpy(np.stack([episode.tokens for episode in episodes])),
        chunk=padded("chunk"),
        seen=padded("seen"),
        bearing=padded("bearing"),
        distance=padded("distance", 1.0),
        colour=torch.tensor([episode.colour for episode in episodes]),
        shape=torch.tensor([episode.shape for episode in episodes]),
        mask=torch.from_numpy(np.arange(longest) < lengths[:, None]),
    )


def view_batches(
    views: PerceptionBatch, size: int, rng: np.random.Generator
) -> Iterator[PerceptionBatch]:
    """Draw batches of ``size`` views for ever, every view once a pass."""
    size = min(size, len(views))
    while True:
        order = rng.permutation(len(views))
        for start in range(0, len(views) - size + 1, size):
            yield views.take(order[start : start + size])


def tinted(views: PerceptionBatch, rng: np.random.Generator) -> PerceptionBatch:
    """Turn some pictures into shades of one tint, where only questions about shape alone count.

    What a shape is must not depend on colour, or shapes are not known in colours that training
    never paired with them.
    """
    chosen = rng.random(len(views)) < TINTED_SHARE
    images = views.images.copy()
    grey = images[chosen].mean(axis=-1, keepdims=True)
    tint = rng.uniform(0.5, 1.0, (len(grey), 1, 1, 3))
    images[chosen] = (grey * tint / tint.max(axis=-1, keepdims=True)).astype(np.uint8)
    counts = ~chosen[:, None] | (views.colour == COLOUR_CLASSES.index("any"))
    return replace(views, images=images, seen=views.seen & counts, certain=views.certain & counts)


def episode_batches(
    episodes: Sequence[Episode], frames: int, rng: np.random.Generator
) -> Iterator[EpisodeBatch]:
    """Draw batches of about ``frames`` frames for ever, episodes of like length together."""
    if not episodes:
        raise CanterError("no episodes to train on; record some first")
    while True:
        for group in _groups(np.array([len(e) for e in episodes]), frames, rng):
            yield collate([episodes[i] for i in group])


def _groups(
    lengths: NDArray[np.int64], frames: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Split all episodes into groups of at most ``frames`` padded frames, in random order."""
    noisy = lengths * rng.uniform(0.9, 1.1, len(lengths))
    order = np.argsort(noisy)
    groups: list[list[int]] = []
    for index in order:
        longest = max((lengths[i] for i in groups[-1]), default=0) if groups else 0
        if not groups or (len(groups[-1]) + 1) * max(longest, lengths[index]) > frames:
            groups.append([])
        groups[-1].append(int(index))
    return [np.array(groups[i]) for i in rng.permutation(len(groups))]


def _check_shapes(kind: str, record: object, expected: dict[str, tuple[int, ...]]) -> None:
    """Raise CanterError naming the first field whose shape is not the expected one."""
    for name, shape in expected.items():
        got = getattr(record, name).shape
        if got != shape:
            raise CanterError(f"{kind}.{name} has shape {got}, it must be {shape}")
