"""From episodes, one by one, to the few files of a LeRobot v3.0 data set.

The same episodes give the same bytes. ``meta/info.json`` is written last: without it a data set is
unfinished, and packing begins anew from the episodes.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from canter.control.command_policy import CameraSpec
from canter.control.files import write_text
from canter.control.robot import DEFAULT_ROBOT_NAME
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.checksums import checksums
from canter.datasets.lerobot.episode import frames_a_second
from canter.datasets.lerobot.episode_rows import Entry, episode_schema
from canter.datasets.lerobot.episode_store import Stored
from canter.datasets.lerobot.errors import DatasetError, MixedVersionsError
from canter.datasets.lerobot.features import CAMERA, COUNTED, Feature, recorded_features, schema_of
from canter.datasets.lerobot.joiner import VideoJoiner
from canter.datasets.lerobot.layout import Place
from canter.datasets.lerobot.metadata import Info, features, info_json, task_table
from canter.datasets.lerobot.stats import Totals, episode_stats
from canter.datasets.lerobot.tables import TableFile, write_table

ROWS_AT_ONCE = 256
"""Entries of ``meta/episodes`` that are written together."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What all episodes of a data set have in common.

    Attributes:
        camera: that took the pictures.
        features: what was recorded beside them.
    """

    camera: CameraSpec
    features: tuple[Feature, ...]

    @property
    def fps(self) -> int:
        return frames_a_second(self.camera)

    @property
    def schema(self) -> pa.Schema:
        return schema_of(self.features)


def _form_of(episode: Stored, others: _Form | None) -> _Form:
    """Return the form of an episode, which is that of the others.

    Raises:
        MixedVersionsError: it is not.
    """
    form = _Form(episode.camera, recorded_features(episode.table.column_names))
    if others is None or form == others:
        return form
    keys = {feature.key for feature in form.features} ^ {f.key for f in others.features}
    odd = f"features ({', '.join(sorted(keys))})" if keys else "cameras"
    raise MixedVersionsError(f"episodes differ in their {odd}; keep each kind in a data set")


class _Rolling:
    """Files of one kind, the next one begun where the last is full."""

    def __init__(self, root: Path, pattern: str, limit_mb: int) -> None:
        self._root, self._pattern, self._limit = root, pattern, limit_mb * layout.MB
        self.place = Place()

    def path(self) -> Path:
        return self.place.path(self._root, self._pattern, CAMERA)

    def full(self, bytes_there: int, bytes_more: int) -> bool:
        return bytes_there > 0 and bytes_there + bytes_more > self._limit

    def turn(self) -> None:
        self.place = self.place.next()


class Packer:
    """Writes a data set episode by episode; `finish` makes it whole.

    Args:
        root: its folder, made where it is not there.

    Raises:
        DatasetError: the disk refuses a file, or an episode's files are damaged.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._entries: list[Entry] = []
        self._rows: list[dict[str, Any]] = []
        self._tasks: dict[str, int] = {}
        self._totals = Totals()
        self._frames = 0
        self._form: _Form | None = None
        self._data = _Rolling(root, layout.DATA, layout.DATA_FILE_MB)
        self._video = _Rolling(root, layout.VIDEO, layout.VIDEO_FILE_MB)
        self._own = Place()
        self._table: TableFile | None = None
        self._joiner: VideoJoiner | None = None
        self._episodes: TableFile | None = None

    def add(self, episode: Stored) -> None:
        """Append an episode; all have the camera and the features of the first."""
        form = self._form = _form_of(episode, self._form)
        index = len(self._entries)
        length = episode.table.num_rows
        table = self._counted(episode, index, form)
        self._write_table(table)
        first = self._write_video(episode, length, form.fps)
        if index and index % layout.EPISODES_PER_FILE == 0:
            self._close_episodes()
            self._own = self._own.next()
        places = (self._data.place, self._video.place, first, self._own)
        entry = Entry(index, episode.record, length, self._frames, *places)
        self._entries.append(entry)
        self._rows.append(entry.row(episode_stats(table, episode.counts), episode.counts, form.fps))
        if len(self._rows) >= ROWS_AT_ONCE:
            self._write_rows()
        self._totals.add(table, episode.counts)
        self._frames += length

    def finish(self, notes: Mapping[str, object], robot: str = DEFAULT_ROBOT_NAME) -> None:
        """Close all files and write what describes them.

        Args:
            notes: what else to keep of the data set's origin, in ``meta/canter.json``.
            robot: name of the robot.
        """
        if self._form is None:
            raise DatasetError("no episodes to pack; collect some first")
        for file in (self._table, self._joiner):
            if file is not None:
                file.close()
        self._close_episodes()
        write_table(self._root / layout.TASKS, task_table(list(self._tasks)))
        self._write_json(layout.STATS, self._totals.stats())
        self._write_json(layout.NOTES, dict(notes))
        self._write_json(layout.CHECKSUMS, checksums(self._root))
        counts = (len(self._entries), self._frames, len(self._tasks))
        camera, fps = self._form.camera, self._form.fps
        described = features(camera, fps, self._form.features)
        totals = Info(layout.VERSION, fps, *counts, described, camera, robot)
        self._write_json(layout.INFO, info_json(totals))

    def release(self) -> None:
        """Let go of files that an error has left open, and remove them."""
        for file in (self._table, self._joiner, self._episodes):
            if file is not None:
                file.release()

    def _counted(self, episode: Stored, index: int, form: "_Form") -> pa.Table:
        """Return an episode's frames with the columns that number them."""
        frames = np.arange(episode.table.num_rows)
        task = self._tasks.setdefault(episode.record.instruction, len(self._tasks))
        numbers = {
            "timestamp": (frames / form.fps).astype(np.float32),
            "frame_index": frames,
            "episode_index": np.full_like(frames, index),
            "index": frames + self._frames,
            "task_index": np.full_like(frames, task),
        }
        table = episode.table
        for feature in COUNTED:
            table = table.append_column(feature.key, pa.array(numbers[feature.key]))
        return table.select(form.schema.names).cast(form.schema)

    def _write_table(self, table: pa.Table) -> None:
        if self._table is not None and self._data.full(self._table.bytes, table.nbytes):
            self._table.close()
            self._table = None
            self._data.turn()
        if self._table is None:
            self._table = TableFile(self._data.path(), table.schema)
        self._table.write(table)

    def _write_video(self, episode: Stored, length: int, fps: int) -> int:
        """Append an episode's pictures; return the number of the first one in its file."""
        joiner = self._joiner
        if joiner is not None and (
            self._video.full(joiner.bytes, 0) or not joiner.fits(episode.video)
        ):
            joiner.close()
            self._video.turn()
            joiner = None
        if joiner is None:
            joiner = self._joiner = VideoJoiner(self._video.path(), fps)
        first = joiner.frames
        joiner.append(episode.video, episode.first, length)
        return first

    def _write_rows(self) -> None:
        assert self._form is not None
        schema = episode_schema(self._form.schema.names)
        if self._episodes is None:
            path = self._own.path(self._root, layout.EPISODES)
            self._episodes = TableFile(path, schema)
        self._episodes.write(pa.Table.from_pylist(self._rows, schema=schema))
        self._rows = []

    def _close_episodes(self) -> None:
        if self._rows:
            self._write_rows()
        if self._episodes is not None:
            self._episodes.close()
            self._episodes = None

    def _write_json(self, name: str, content: Mapping[str, object]) -> None:
        write_text(self._root / name, json.dumps(content, indent=2) + "\n")


def pack(
    root: Path,
    episodes: Iterable[Stored],
    notes: Mapping[str, object],
    on_episode: Callable[[], None] = lambda: None,
    robot: str = DEFAULT_ROBOT_NAME,
) -> None:
    """Write a data set of these episodes.

    Args:
        root: its folder.
        episodes: in order.
        notes: what else to keep of their origin.
        on_episode: called after each.
        robot: name of the robot.

    Raises:
        DatasetError: the disk refuses a file, an episode is damaged, or there is none.
    """
    packer = Packer(root)
    try:
        for episode in episodes:
            packer.add(episode)
            on_episode()
        packer.finish(notes, robot)
    finally:
        packer.release()
