"""Small mixed data: made-up episodes of go_to with a failure, and trajectories by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from canter.datasets.lerobot.episode import Frames
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.pack import pack
from canter.rl.offline.trajectories import Trajectory
from tests.datasets.lerobot.made import episode

SUCCESS, FAILURE = 1, 9
"""Numbers of made-up episodes of go_to."""


def write_mixed(
    root: Path,
    numbers: Sequence[int] = (SUCCESS, FAILURE),
    *,
    period: float = 0.2,
    robot: str = "go2",
) -> Path:
    """Return the folder of a data set of made-up episodes."""
    store = EpisodeStore(root.with_name(f"{root.name}-store"))
    for place, number in enumerate(numbers):
        record, frames = episode(number)
        camera = replace(frames.camera, period=period)
        store.write(place, record, Frames(frames.images, frames.columns, camera))
    pack(root, store.read_all(range(len(numbers))), {"made": "up"}, robot=robot)
    return root


def two_ways(count: int = 30) -> list[Trajectory]:
    """Return episodes of one step that all see the same; one in three does 1 and earns 1.

    The others do -1 and earn nothing, so that the mean of what is done is -1/3.
    """
    seen = np.zeros((1, 1), np.float32)
    done = [1.0 if i % 3 == 0 else -1.0 for i in range(count)]
    return [
        Trajectory(
            seen,
            np.full((1, 1), action, np.float32),
            np.array([max(action, 0.0)], np.float32),
            failed=action < 0,
        )
        for action in done
    ]
