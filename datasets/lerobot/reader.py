"""Reads a data set: its metadata at once, values and pictures episode by episode."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.episode_rows import (
    COUNTS,
    LIGHT_COLUMNS,
    NEW_COLUMNS,
    Entry,
    counts_of,
    entry_of,
)
from canter.datasets.lerobot.episode_store import Stored
from canter.datasets.lerobot.errors import MissingFileError
from canter.datasets.lerobot.features import CAMERA
from canter.datasets.lerobot.layout import Place
from canter.datasets.lerobot.metadata import read_info
from canter.datasets.lerobot.tables import column_names, corrupt, read_table
from canter.datasets.lerobot.video import decode


class Dataset:
    """A data set in the LeRobot v3.0 layout that Canter has written.

    Args:
        root: its folder.

    Attributes:
        root: its folder.
        info: what ``meta/info.json`` says.

    Raises:
        DatasetError: it is missing, unfinished or damaged.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise MissingFileError(f"no folder '{root}'; name the folder of a data set")
        self.root = root
        self.info = read_info(root)
        self._open: tuple[Path, pq.ParquetFile] | None = None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All episodes, in order.

        Raises:
            DatasetError: a file of ``meta/episodes`` is missing or damaged.
        """
        found: list[Entry] = []
        for path in self.episode_files():
            rows = read_table(path, _light_columns(path)).to_pylist()
            try:
                found += [entry_of(row, self.info.fps) for row in rows]
            except CanterError as error:
                raise corrupt(path, str(error)) from error
        return tuple(found)

    @cached_property
    def _first_in_file(self) -> dict[Place, int]:
        """Number of the first episode in each data file."""
        return {entry.data: entry.index for entry in reversed(self.entries)}

    def episode_files(self) -> list[Path]:
        """Return the files of ``meta/episodes``; at least one is there.

        Raises:
            MissingFileError: there is none.
        """
        found = sorted((self.root / "meta" / "episodes").glob("*/*.parquet"))
        if not found:
            raise MissingFileError(
                f"'{Place().path(self.root, layout.EPISODES)}' is missing; restore it"
            )
        return found

    def tasks(self) -> list[str]:
        """Return all instructions, in the order of their numbers."""
        table = read_table(self.root / layout.TASKS, ["task_index", "task"])
        return [str(row["task"]) for row in table.sort_by("task_index").to_pylist()]

    def data_path(self, entry: Entry) -> Path:
        """Return the file of an episode's values."""
        return entry.data.path(self.root, layout.DATA)

    def video_path(self, entry: Entry) -> Path:
        """Return the file of an episode's pictures."""
        return entry.video.path(self.root, layout.VIDEO, CAMERA)

    def frames(self, entry: Entry) -> pa.Table:
        """Return an episode's values, one row for each frame.

        Raises:
            DatasetError: they are missing or damaged.
        """
        path = self.data_path(entry)
        first = self._first_in_file[entry.data]
        if self._open is None or self._open[0] != path:
            self._open = path, _open_table(path)
        try:
            table = self._open[1].read_row_group(entry.index - first)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise corrupt(path, str(error)) from error
        if table.num_rows != entry.length:
            raise corrupt(
                path, f"episode {entry.index} has {table.num_rows} rows, not {entry.length}"
            )
        return table

    def images(self, entry: Entry) -> NDArray[np.uint8]:
        """Return an episode's pictures, uint8 RGB, (T, height, width, 3).

        Raises:
            DatasetError: the video is missing or truncated.
        """
        return decode(self.video_path(entry), entry.first, entry.length, self.info.fps)

    def stored(self) -> Iterator[Stored]:
        """Yield all episodes in order, to be packed into another data set."""
        keys, camera = [feature.key for feature in self.info.recorded], self.info.camera
        for path in self.episode_files():
            table = read_table(path, [*_light_columns(path), COUNTS])
            for row in table.to_pylist():
                entry = entry_of(row, self.info.fps)
                frames = self.frames(entry).select(keys)
                counts = counts_of(row[COUNTS])
                video = self.video_path(entry)
                yield Stored(entry.record, frames, counts, video, entry.first, camera)


def _light_columns(path: Path) -> list[str]:
    """Return which LIGHT_COLUMNS to read of a file of ``meta/episodes``, of an older version too.

    Raises:
        DatasetError: it is missing or damaged.
    """
    lacking = NEW_COLUMNS - set(column_names(path))
    return [name for name in LIGHT_COLUMNS if name not in lacking]


def _open_table(path: Path) -> pq.ParquetFile:
    if not path.is_file():
        raise MissingFileError(f"'{path}' is missing; restore it, or collect again")
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise corrupt(path, str(error)) from error
