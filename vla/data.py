"""Training records in memory, and how they are drawn in batches."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.errors import CanterError
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GAIT_RANGES
from canter.vla.config import IMAGE_SHAPE, RANGE_COLUMNS
from canter.vla.instruction import MOST_REFERENTS, REFERENT, doing
from canter.vla.proprio import PROPRIO

Skill = tuple[str, str]
"""A task and, where it asks for several kinds of things, which: `canter.vla.instruction.doing`."""

MOST_REPEATS = 12
"""How often an episode may come in one pass."""
MOST_WEIGHT = 8.0
"""Of the errors of a field of commands that the expert seldom changes."""
TINTED_SHARE = 0.25
"""Share of the views of a batch that lose their colours."""


@dataclass(frozen=True, slots=True)
class PerceptionBatch:
    """Independent rendered views, each with M questions; a batch of them is the same thing.

    Attributes:
        images: uint8, (N, *IMAGE_SHAPE).
        gravity: unit gravity in the base frame, float32, (N, 3).
        referents: codes of what is asked for, float32, (N, M, REFERENT.size).
        signs: small pictures of letters and digits asked for, float32, (N, M, sign_size).
        seen: whether it is in view, bool, (N, M).
        certain: whether ``seen`` is beyond doubt, bool, (N, M); False where a few pixels show.
        bearing: its direction in the base frame, positive left, rad, float32, (N, M).
        distance: its distance, m, float32, (N, M); positive.
        pixel: where in the picture its middle is, x right and y down, -1..1 from edge to edge,
            float32, (N, M, 2); any number where it is not seen.
        ranges: how far the floor is free in the direction of each column, m, float32,
            (N, RANGE_COLUMNS); positive.
        features: of the images, as of an Episode, float16, (N, L, channels); None without.
    """

    images: NDArray[np.uint8]
    gravity: NDArray[np.float32]
    referents: NDArray[np.float32]
    signs: NDArray[np.float32]
    seen: NDArray[np.bool_]
    certain: NDArray[np.bool_]
    bearing: NDArray[np.float32]
    distance: NDArray[np.float32]
    pixel: NDArray[np.float32]
    ranges: NDArray[np.float32]
    features: NDArray[np.float16] | None = None

    def __post_init__(self) -> None:
        """Refuse arrays whose shapes do not fit together."""
        many = self.seen.shape[:2]
        expected: dict[str, tuple[int, ...]] = dict.fromkeys(
            ("certain", "bearing", "distance"), many
        )
        expected |= {"images": (many[0], *IMAGE_SHAPE), "gravity": (many[0], 3)}
        expected |= {"referents": (*many, REFERENT.size), "pixel": (*many, 2)}
        expected |= {"signs": (*many, self.signs.shape[-1])}
        expected |= {"ranges": (many[0], RANGE_COLUMNS)}
        check_shapes("PerceptionBatch", self, expected)

    def __len__(self) -> int:
        """Return the number of views."""
        return len(self.images)

    def take(self, index: NDArray[np.int64]) -> "PerceptionBatch":
        """Return the views at an index array."""
        chosen = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{name: v[index] for name, v in chosen.items() if v is not None})


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode of T frames with the expert's labels at every frame, of R referents.

    Attributes:
        task: its name.
        images: uint8, (T, *IMAGE_SHAPE).
        proprio: float32, (T, PROPRIO.size).
        instruction: vector of `canter.vla.instruction`, float32, (width,).
        chunk: expert's commands in physical units, float32, (T, CHUNK_STEPS, 12).
        present: whether the scene has such a thing, bool, (T, R).
        seen: whether it is in view, bool, (T, R).
        bearing: its direction in the base frame, positive left, rad, float32, (T, R).
        distance: its distance, m, float32, (T, R); positive.
        features: what a stem that learns no more makes of the images, float16, (T, L, channels);
            None where it is still to be looked at.
    """

    task: str
    images: NDArray[np.uint8]
    proprio: NDArray[np.float32]
    instruction: NDArray[np.float32]
    chunk: NDArray[np.float32]
    present: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    bearing: NDArray[np.float32]
    distance: NDArray[np.float32]
    features: NDArray[np.float16] | None = None

    def __post_init__(self) -> None:
        """Refuse arrays whose shapes do not fit together."""
        steps = len(self.images)
        expected: dict[str, tuple[int, ...]] = {
            "images": (steps, *IMAGE_SHAPE),
            "proprio": (steps, PROPRIO.size),
            "instruction": (self.instruction.size,),
            "chunk": (steps, CHUNK_STEPS, len(GAIT_RANGES)),
            **dict.fromkeys(("present", "seen", "bearing", "distance"), (steps, MOST_REFERENTS)),
        }
        check_shapes("Episode", self, expected)

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.images)


@dataclass(frozen=True, slots=True)
class EpisodeBatch:
    """Episodes padded at the end to one length; fields as in Episode with a batch axis first.

    Attributes:
        mask: True at frames that are not padding, (B, T).
        features: of the valid frames in order, (frames, L, channels); None without.
    """

    images: Tensor
    proprio: Tensor
    instruction: Tensor
    chunk: Tensor
    present: Tensor
    seen: Tensor
    bearing: Tensor
    distance: Tensor
    mask: Tensor
    features: Tensor | None = None


def collate(episodes: Sequence[Episode]) -> EpisodeBatch:
    """Pad episodes with zeros (distance with ones) to the longest."""
    kept = [episode.features for episode in episodes if episode.features is not None]
    return EpisodeBatch(
        images=padded(episodes, "images"),
        proprio=padded(episodes, "proprio"),
        instruction=torch.from_numpy(np.stack([episode.instruction for episode in episodes])),
        chunk=padded(episodes, "chunk"),
        present=padded(episodes, "present"),
        seen=padded(episodes, "seen"),
        bearing=padded(episodes, "bearing"),
        distance=padded(episodes, "distance", 1.0),
        mask=valid_frames([len(episode) for episode in episodes]),
        features=torch.from_numpy(np.concatenate(kept)) if len(kept) == len(episodes) else None,
    )


def padded(records: Sequence[object], name: str, fill: float = 0.0) -> Tensor:
    """Return an array of each record, (T, ...), padded at the end to the longest, (B, T, ...)."""
    arrays = [getattr(record, name) for record in records]
    longest = max(len(array) for array in arrays)
    out = np.full((len(arrays), longest, *arrays[0].shape[1:]), fill, arrays[0].dtype)
    for row, array in zip(out, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(out)


def valid_frames(lengths: Sequence[int]) -> Tensor:
    """Return True at frames that are not padding, (B, T)."""
    return torch.from_numpy(np.arange(max(lengths)) < np.array(lengths)[:, None])


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

    Pictures whose features are kept stay as they are.

    What a shape is must not depend on colour, or shapes are not known in colours that training
    never paired with them.
    """
    if views.features is not None:
        return views
    chosen = rng.random(len(views)) < TINTED_SHARE
    images = views.images.copy()
    grey = images[chosen].mean(axis=-1, keepdims=True)
    tint = rng.uniform(0.5, 1.0, (len(grey), 1, 1, 3))
    images[chosen] = (grey * tint / tint.max(axis=-1, keepdims=True)).astype(np.uint8)
    said = views.referents[..., REFERENT["colour"]].any(-1)
    counts = ~chosen[:, None] | ~said
    return replace(views, images=images, seen=views.seen & counts, certain=views.certain & counts)


def episode_batches(
    episodes: Sequence[Episode],
    frames: int,
    rng: np.random.Generator,
    shares: Mapping[Skill, float] = {},
) -> Iterator[EpisodeBatch]:
    """Draw batches of about ``frames`` frames for ever, episodes of like length together.

    Skills with short episodes come more often, so that they have shares of the frames as
    :func:`balanced` says.
    """
    if not episodes:
        raise CanterError("no episodes to train on; record some first")
    skills = [(skill(e.task, e.instruction), len(e)) for e in episodes]
    drawn = [episodes[i] for i in balanced(skills, shares)]
    lengths = np.array([len(episode) for episode in drawn])
    while True:
        for group in length_groups(lengths, frames, rng):
            yield collate([drawn[i] for i in group])


def skill(task: str, instruction: NDArray[np.float32]) -> Skill:
    """Return what an instruction, (width,), of a task asks a robot to be able to do."""
    return task, doing(instruction)


def balanced(
    episodes: Sequence[tuple[Skill, int]], shares: Mapping[Skill, float] = {}
) -> list[int]:
    """Return the indices of episodes, those of skills with few frames repeatedly.

    Args:
        episodes: skill and frames of each.
        shares: of the frames that skills are to have, in any unit; 1 for those that are not named.
    """
    frames: Counter[Skill] = Counter()
    for kind, length in episodes:
        frames[kind] += length
    most = max(count / shares.get(kind, 1.0) for kind, count in frames.items())
    times = {
        kind: min(max(round(most * shares.get(kind, 1.0) / count), 1), MOST_REPEATS)
        for kind, count in frames.items()
    }
    return [i for i, (kind, _) in enumerate(episodes) for _ in range(times[kind])]


def field_weights(episodes: Sequence[Episode], fields: Sequence[str]) -> tuple[float, ...]:
    """Return for fields of a GaitCommand how much their errors weigh, 1 to MOST_WEIGHT.

    What the expert seldom changes, as the height of the body, would else weigh next to nothing, and
    is never learnt. A field's spread is its mean distance from its median, over half its range;
    those that spread less than the mean of all weigh more, in proportion.

    Args:
        episodes: with the expert's commands.
        fields: names.
    """
    commands = GAIT_LAYOUT.unpack(np.concatenate([episode.chunk[:, 0] for episode in episodes]))
    spreads = []
    for name in fields:
        low, high = GAIT_RANGES[name]
        values = commands[name] / ((high - low) / 2)
        spreads.append(float(np.abs(values - np.median(values)).mean()))
    usual = float(np.mean(spreads))
    return tuple(min(max(usual / max(s, 1e-6), 1.0), MOST_WEIGHT) for s in spreads)


def length_groups(
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


def check_shapes(kind: str, record: object, expected: dict[str, tuple[int, ...]]) -> None:
    """Raise CanterError naming the first field whose shape is not the expected one."""
    for name, shape in expected.items():
        got = getattr(record, name).shape
        if got != shape:
            raise CanterError(f"{kind}.{name} has shape {got}, it must be {shape}")
