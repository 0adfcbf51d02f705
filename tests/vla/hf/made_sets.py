"""Small data sets whose commands a model could say, beside those of the LeRobot tests."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from canter.control.types import GAIT_RANGES
from canter.datasets.lerobot.episode import Frames
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.features import EXPERT_ACTION
from canter.datasets.lerobot.pack import pack
from tests.datasets.lerobot.made import episode


def commands(number: int, frames: int) -> np.ndarray:
    """Commands anywhere in their ranges, (frames, 12)."""
    rng = np.random.default_rng([7, number])
    low, high = np.array(list(GAIT_RANGES.values())).T
    return rng.uniform(low, high, (frames, len(low))).astype(np.float32)


def write_set(
    root: Path, changes: Mapping[int, Mapping[str, Any]], without: tuple[str, ...] = ()
) -> Path:
    """Return the folder of a data set of these episodes, with changes of their records."""
    store = EpisodeStore(root.with_name(f"{root.name}-store"))
    for place, (number, change) in enumerate(changes.items()):
        record, frames = episode(number)
        columns = dict(frames.columns) | {EXPERT_ACTION: commands(number, len(frames))}
        kept = {key: value for key, value in columns.items() if key not in without}
        made = Frames(frames.images, kept, frames.camera)
        store.write(place, replace(record, **change), made)
    pack(root, store.read_all(range(len(changes))), {"made": "up"})
    return root
