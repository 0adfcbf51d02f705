"""The table of episodes, ``meta/episodes``: where each lies, what is known of it, statistics."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from canter.control.errors import CanterError
from canter.datasets.lerobot.episode import EpisodeRecord, Event
from canter.datasets.lerobot.features import CAMERA
from canter.datasets.lerobot.layout import Place
from canter.datasets.lerobot.pixels import CHANNELS, LEVELS, Counts
from canter.datasets.lerobot.stats import NAMES, Stats

COUNTS = f"stats/{CAMERA}/value_counts"
"""Column of the counts of pixel values, from which statistics of many episodes are exact."""

_RECORD_TYPES: dict[str, pa.DataType] = {
    "family": pa.string(),
    "level": pa.int64(),
    "split": pa.string(),
    "seed": pa.int64(),
    "instruction": pa.string(),
    "paraphrases": pa.list_(pa.string()),
    "words": pa.list_(pa.struct([("name", pa.string()), ("word", pa.string())])),
    "driver": pa.string(),
    "noise": pa.float64(),
    "strict": pa.bool_(),
    "quard": pa.bool_(),
    "reason": pa.string(),
    "events": pa.list_(pa.struct([("time", pa.float64()), ("name", pa.string())])),
}
_PLACES = (
    "episode_index",
    "length",
    "data/chunk_index",
    "data/file_index",
    "dataset_from_index",
    "dataset_to_index",
    f"videos/{CAMERA}/chunk_index",
    f"videos/{CAMERA}/file_index",
    "meta/episodes/chunk_index",
    "meta/episodes/file_index",
)
_TIMES = (f"videos/{CAMERA}/from_timestamp", f"videos/{CAMERA}/to_timestamp")


def _stats_type(key: str, name: str) -> pa.DataType:
    """Return the type of a statistic's column: pictures have the shape (3, 1, 1)."""
    if name == "count":
        return pa.list_(pa.int64())
    flat = pa.list_(pa.float64())
    return pa.list_(pa.list_(flat)) if key == CAMERA else flat


_LIGHT = [
    *((name, pa.int64()) for name in _PLACES),
    *((name, pa.float64()) for name in _TIMES),
    ("tasks", pa.list_(pa.string())),
    *_RECORD_TYPES.items(),
    ("sub_optimal", pa.bool_()),
]
LIGHT_COLUMNS = [name for name, _ in _LIGHT]
"""All but the statistics."""
NEW_COLUMNS = frozenset({"words"})
"""Columns that data sets of older versions lack."""


def episode_schema(keys: Iterable[str]) -> pa.Schema:
    """Return the columns of ``meta/episodes`` where the data files have the columns ``keys``."""
    statistics = (
        (f"stats/{key}/{name}", _stats_type(key, name)) for key in (CAMERA, *keys) for name in NAMES
    )
    return pa.schema([*_LIGHT, *statistics, (COUNTS, pa.list_(pa.int32()))])


@dataclass(frozen=True, slots=True)
class Entry:
    """An episode of a data set, and where it lies.

    Attributes:
        index: its number.
        record: what is known of it.
        length: number of frames.
        start: number of its first frame in the data set.
        data: file of its values.
        video: file of its pictures.
        first: number of its first picture in that file.
        own: file of this entry.
    """

    index: int
    record: EpisodeRecord
    length: int
    start: int
    data: Place
    video: Place
    first: int
    own: Place

    def row(self, stats: Stats, counts: Counts, fps: int) -> dict[str, Any]:
        """Return the entry as a row of `episode_schema`, with ``fps`` frames a second."""
        known = {name: getattr(self.record, name) for name in _RECORD_TYPES}
        known["events"] = [dataclasses.asdict(event) for event in self.record.events]
        known["words"] = [{"name": name, "word": word} for name, word in self.record.words]
        stop = self.start + self.length
        files = (*_pair(self.video), *_pair(self.own))
        places = (self.index, self.length, *_pair(self.data), self.start, stop, *files)
        times = (self.first / fps, (self.first + self.length) / fps)
        return {
            **dict(zip(_PLACES, places, strict=True)),
            **dict(zip(_TIMES, times, strict=True)),
            "tasks": [self.record.instruction],
            **known,
            "sub_optimal": self.record.sub_optimal,
            **{f"stats/{key}/{name}": v for key, of in stats.items() for name, v in of.items()},
            COUNTS: counts.ravel().tolist(),
        }


def _pair(place: Place) -> tuple[int, int]:
    return place.chunk, place.file


def entry_of(row: dict[str, Any], fps: int) -> Entry:
    """Return the entry of a row with LIGHT_COLUMNS, at ``fps`` frames a second; new ones may lack.

    Raises:
        CanterError: a value has another type than the schema says.
    """
    try:
        known = {"words": None} | {name: row[name] for name in _RECORD_TYPES if name in row}
        known["paraphrases"] = tuple(known["paraphrases"])
        known["words"] = tuple((pair["name"], pair["word"]) for pair in known["words"] or ())
        known["events"] = tuple(Event(**event) for event in known["events"])
        return Entry(
            index=row["episode_index"],
            record=EpisodeRecord(**known),
            length=row["length"],
            start=row["dataset_from_index"],
            data=Place(row["data/chunk_index"], row["data/file_index"]),
            video=Place(row[f"videos/{CAMERA}/chunk_index"], row[f"videos/{CAMERA}/file_index"]),
            first=round(row[f"videos/{CAMERA}/from_timestamp"] * fps),
            own=Place(row["meta/episodes/chunk_index"], row["meta/episodes/file_index"]),
        )
    except (TypeError, KeyError) as error:
        raise CanterError(f"a row of the episodes is not whole: {error}") from error


def counts_of(flat: list[int]) -> Counts:
    """Return the counts of pixel values of a row, (3, 256)."""
    return np.array(flat, np.int64).reshape(CHANNELS, LEVELS)
