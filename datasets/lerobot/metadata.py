"""The JSON files and the table of tasks in ``meta``: what a data set says of itself."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from canter.control.robot import GO2
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.errors import (
    CorruptMetadataError,
    MissingFileError,
    MissingStatisticsError,
    MixedVersionsError,
    UnfinishedError,
)
from canter.datasets.lerobot.features import CAMERA, COUNTED, RECORDED
from canter.datasets.lerobot.video import codec_info


@dataclass(frozen=True, slots=True)
class Info:
    """What ``meta/info.json`` says.

    Attributes:
        version: of the format.
        fps: frames a second.
        episodes: how many.
        frames: how many, of all episodes.
        tasks: how many different instructions.
        features: description of each feature by its key.
    """

    version: str
    fps: int
    episodes: int
    frames: int
    tasks: int
    features: dict[str, dict[str, Any]]


def read_json(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file.

    Raises:
        MissingFileError: there is no such file.
        CorruptMetadataError: it is no JSON object.
    """
    if not path.is_file():
        raise MissingFileError(f"'{path}' is missing; restore it, or collect again")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CorruptMetadataError(f"'{path}' is not JSON: {error}; restore it") from error
    if not isinstance(found, dict):
        raise CorruptMetadataError(f"'{path}' holds no JSON object; restore it")
    return found


def read_info(root: Path) -> Info:
    """Return what ``meta/info.json`` of a data set says.

    Raises:
        DatasetError: it is missing or damaged, or the format is not v3.0.
    """
    path = root / layout.INFO
    if not path.exists() and (root / layout.SPOOL).is_dir():
        raise UnfinishedError(
            f"data set '{root}' is unfinished; give the command that collected it again"
        )
    found = read_json(path)
    try:
        info = Info(
            version=str(found["codebase_version"]),
            fps=int(found["fps"]),
            episodes=int(found["total_episodes"]),
            frames=int(found["total_frames"]),
            tasks=int(found["total_tasks"]),
            features=dict(found["features"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptMetadataError(f"'{path}' lacks or spoils {error}; restore it") from error
    if info.version != layout.VERSION:
        raise MixedVersionsError(
            f"'{path}' says format {info.version}, Canter reads {layout.VERSION}; "
            "convert the data set with LeRobot's own tools"
        )
    return info


def read_stats(root: Path) -> dict[str, Any]:
    """Return the statistics of a data set by feature.

    Raises:
        DatasetError: they are missing or damaged.
    """
    if not (root / layout.STATS).is_file():
        raise MissingStatisticsError(
            f"'{root / layout.STATS}' is missing; `canter dataset merge` into a new folder "
            "makes statistics anew"
        )
    return read_json(root / layout.STATS)


def info_json(info: Info) -> dict[str, Any]:
    """Return the content of ``meta/info.json``."""
    return {
        "codebase_version": info.version,
        "robot_type": GO2.name,
        "total_episodes": info.episodes,
        "total_frames": info.frames,
        "total_tasks": info.tasks,
        "chunks_size": layout.CHUNKS_SIZE,
        "data_files_size_in_mb": layout.DATA_FILE_MB,
        "video_files_size_in_mb": layout.VIDEO_FILE_MB,
        "fps": info.fps,
        "splits": {"train": f"0:{info.episodes}"},
        "data_path": layout.DATA,
        "video_path": layout.VIDEO,
        "features": info.features,
    }


def features(height: int, width: int) -> dict[str, dict[str, Any]]:
    """Return the description of all features, with pictures of this size, px."""
    camera = {
        "dtype": "video",
        "shape": [height, width, 3],
        "names": ["height", "width", "channels"],
        "info": codec_info(height, width),
    }
    return {CAMERA: camera} | {feature.key: feature.info() for feature in (*RECORDED, *COUNTED)}


def task_table(tasks: list[str]) -> pa.Table:
    """Return the table of tasks, its index the tasks' words, as pandas would write it."""
    index = {"name": "task", "field_name": "task", "pandas_type": "unicode", "numpy_type": "object"}
    number = {"name": "task_index", "field_name": "task_index"}
    number |= {"pandas_type": "int64", "numpy_type": "int64"}
    columns = [{**column, "metadata": None} for column in (number, index)]
    notes = {"index_columns": ["task"], "column_indexes": [], "columns": columns}
    table = pa.table({"task_index": pa.array(range(len(tasks)), pa.int64()), "task": tasks})
    return table.replace_schema_metadata({"pandas": json.dumps(notes)})
