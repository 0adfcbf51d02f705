"""Episodes as they are recorded, each in files of its own that are whole or absent.

``kill -9`` loses the episodes in flight and no other: the video is written first, then the table,
which holds the episode's record too; an episode without its table does not count.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.files import write_bytes
from canter.control.plain_json import parse_json
from canter.datasets.lerobot.episode import EpisodeRecord, Frames, frames_a_second
from canter.datasets.lerobot.errors import DatasetError, refused
from canter.datasets.lerobot.features import recorded_table
from canter.datasets.lerobot.pixels import Counts, count_values
from canter.datasets.lerobot.tables import corrupt, read_table, write_table
from canter.datasets.lerobot.video import encode

COUNT_EVERY = 5
"""Of so many pictures, one is counted for the statistics."""
PER_FOLDER = 1000
_RECORD, _COUNTS, _CAMERA = b"canter.record", b"canter.pixel_counts", b"canter.camera"


@dataclass(frozen=True, slots=True)
class Stored:
    """An episode on the disk, be it of a store or of a data set.

    Attributes:
        record: what is known of it.
        table: its frames, columns of `features.RECORDED`.
        counts: of the values of its pictures, (3, 256).
        video: file with its pictures.
        first: number of its first picture in that file.
        camera: that took them.
    """

    record: EpisodeRecord
    table: pa.Table
    counts: Counts
    video: Path
    first: int
    camera: CameraSpec


class EpisodeStore:
    """A folder of recorded episodes by number, and of those that could not be recorded.

    Args:
        folder: made where it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._counts: dict[str, int] = {}
        self._make(folder)

    def write(self, number: int, record: EpisodeRecord, frames: Frames) -> None:
        """Write an episode.

        Raises:
            CanterError: values do not fit the features, or the disk refuses them.
        """
        table = recorded_table(frames.columns)
        counts = count_values(frames.images[::COUNT_EVERY])
        notes = {
            _RECORD: record.to_json(),
            _COUNTS: json.dumps(counts.tolist()),
            _CAMERA: json.dumps(asdict(frames.camera)),
        }
        self._make(self._path(number).parent)
        video = encode(frames.images, frames_a_second(frames.camera))
        write_bytes(self._path(number, ".mp4"), video, refused)
        write_table(self._path(number, ".parquet"), table.replace_schema_metadata(notes))

    def write_error(self, number: int, text: str) -> None:
        """Note why an episode cannot be recorded, so that it is not tried again."""
        self._make(self._path(number).parent)
        write_bytes(self._path(number, ".error"), text.encode(), refused)

    def has(self, number: int) -> bool:
        """Tell whether an episode is written, or known to be impossible."""
        return self._path(number, ".parquet").exists() or self._path(number, ".error").exists()

    def error(self, number: int) -> str | None:
        """Return why an episode cannot be recorded, None where it can."""
        path = self._path(number, ".error")
        return path.read_text(encoding="utf-8") if path.exists() else None

    def read(self, number: int) -> Stored:
        """Return an episode.

        Raises:
            DatasetError: its files are missing or damaged.
        """
        path = self._path(number, ".parquet")
        try:
            table = read_table(path)
        except DatasetError as error:
            raise type(error)(f"{error}, or delete it and collect again") from error
        notes = table.schema.metadata or {}
        try:
            record = EpisodeRecord.from_json(notes.get(_RECORD, b""))
            counts = np.array(parse_json(notes[_COUNTS]), np.int64)
            camera = CameraSpec(**parse_json(notes[_CAMERA]))
        except (CanterError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise corrupt(path, str(error)) from error
        rows = table.replace_schema_metadata(None)
        return Stored(record, rows, counts, self._path(number, ".mp4"), 0, camera)

    def read_all(self, numbers: range) -> Iterator[Stored]:
        """Yield the episodes of these numbers that could be recorded, in order."""
        for number in numbers:
            if self.error(number) is None:
                yield self.read(number)

    def count(self) -> int:
        """Return how many episodes are written or known to be impossible."""
        for folder in os.scandir(self.folder):
            if folder.is_dir() and self._counts.get(folder.name) != PER_FOLDER:
                names = (entry.name for entry in os.scandir(folder.path))
                self._counts[folder.name] = sum(n.endswith((".parquet", ".error")) for n in names)
        return sum(self._counts.values())

    def files(self) -> dict[str, bytes]:
        """Return all files by their path in the folder, for another store to adopt."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def adopt(self, files: Mapping[str, bytes]) -> None:
        """Write the files of another store; a table last, for it makes the episode count.

        Raises:
            DatasetError: the disk refuses them.
        """
        for name in sorted(files, key=lambda name: name.endswith(".parquet")):
            self._make((self.folder / name).parent)
            write_bytes(self.folder / name, files[name], refused)

    def _path(self, number: int, suffix: str = "") -> Path:
        folder = self.folder / f"{number // PER_FOLDER:06d}"
        return folder / f"episode-{number:09d}{suffix}"

    @staticmethod
    def _make(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refused(folder, error) from error
