"""Whether episodes, values and pictures of a data set are those that its metadata promise."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from canter.control.errors import CanterError
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.episode_rows import Entry
from canter.datasets.lerobot.errors import (
    CorruptMetadataError,
    DatasetError,
    FirstReadingsError,
)
from canter.datasets.lerobot.features import COUNTED, values_of
from canter.datasets.lerobot.first_readings import begins_in_free_fall
from canter.datasets.lerobot.metadata import Info
from canter.datasets.lerobot.reader import Dataset
from canter.datasets.lerobot.tables import corrupt
from canter.datasets.lerobot.video import decode, packets, truncated

Faults = Iterator[DatasetError]
SHOWN = 5
"""Episodes that a fault of many names."""
TIME_TOLERANCE = 1e-4
"""Largest error of a time stamp, s: that which LeRobot tolerates."""


def check_episodes(root: Path) -> Faults:
    """Compare the table of episodes with itself, with the tasks and with ``info.json``."""
    dataset = Dataset(root)
    info, entries, tasks = dataset.info, dataset.entries, dataset.tasks()
    path = root / layout.INFO
    counts = {
        "total_episodes": (info.episodes, len(entries)),
        "total_frames": (info.frames, sum(entry.length for entry in entries)),
        "total_tasks": (info.tasks, len(tasks)),
    }
    for name, (said, there) in counts.items():
        if said != there:
            yield CorruptMetadataError(f"'{path}' says {name} {said}, there are {there}")
    start, known = 0, frozenset(tasks)
    for index, entry in enumerate(entries):
        if (entry.index, entry.start) != (index, start):
            yield corrupt(
                dataset.episode_files()[0],
                f"episode {entry.index} begins at frame {entry.start}, "
                f"episode {index} should begin there at {start}",
            )
            return
        if entry.record.instruction not in known:
            yield corrupt(root / layout.TASKS, f"no task '{entry.record.instruction}'")
        start += entry.length


def check_data(root: Path) -> Faults:
    """Compare each episode's values with what the table of episodes says."""
    dataset = Dataset(root)
    tasks = {task: number for number, task in enumerate(dataset.tasks())}
    for entry in dataset.entries:
        path = dataset.data_path(entry)
        try:
            table = dataset.frames(entry)
            wrong = _wrong_values(table, entry, tasks, dataset.info)
        except DatasetError as error:
            yield error
            continue
        except (KeyError, CanterError) as error:
            yield corrupt(path, str(error))
            continue
        if wrong:
            yield corrupt(path, f"episode {entry.index}: {wrong}")


def check_first_readings(root: Path) -> Faults:
    """Find episodes whose first frame says free fall."""
    dataset = Dataset(root)
    broken = [e.index for e in dataset.entries if begins_in_free_fall(dataset.frames(e))]
    if broken:
        few = ", ".join(map(str, broken[:SHOWN])) + (" ..." if len(broken) > SHOWN else "")
        yield FirstReadingsError(
            f"{len(broken)} of {len(dataset.entries)} episodes of '{root}' ({few}) begin in free "
            "fall: acceleration, torques and contacts are zero; mend them with: "
            f"canter dataset repair {root} --out NEW_FOLDER"
        )


def _wrong_values(table: pa.Table, entry: Entry, tasks: Mapping[str, int], info: Info) -> str:
    """Return what is wrong with an episode's values, nothing if all is well."""
    frames = np.arange(entry.length)
    task = tasks.get(entry.record.instruction, -1)
    expected = {
        "frame_index": frames,
        "index": frames + entry.start,
        "episode_index": np.full_like(frames, entry.index),
        "task_index": np.full_like(frames, task),
    }
    for name, values in expected.items():
        if not np.array_equal(values_of(table, name), values):
            return f"column {name} does not count as it should"
    if np.abs(values_of(table, "timestamp") - frames / info.fps).max() > TIME_TOLERANCE:
        return "time stamps do not follow the frames"
    for feature in (*info.recorded, *COUNTED):
        if not np.isfinite(values_of(table, feature.key)).all():
            return f"column {feature.key} holds values that are not finite"
    return ""


def check_videos(root: Path) -> Faults:
    """Count the pictures of each video, and decode its first and its last."""
    dataset = Dataset(root)
    ends: dict[Path, int] = {}
    for entry in dataset.entries:
        path = dataset.video_path(entry)
        ends[path] = max(ends.get(path, 0), entry.first + entry.length)
    expected_shape = dataset.info.camera.shape
    for path, expected in ends.items():
        try:
            found = sum(1 for _ in packets(path))
            if found != expected:
                yield truncated(path, f"{found} pictures, {expected} expected")
                continue
            for number in {0, expected - 1}:
                shape = decode(path, number, 1, dataset.info.fps).shape[1:]
                if shape != expected_shape:
                    yield truncated(path, f"pictures are {shape}, not {expected_shape}")
        except DatasetError as error:
            yield error
