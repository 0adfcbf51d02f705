"""The JSON files and the table of tasks in ``meta``: what a data set says of itself."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.plain_json import parse_json
from canter.control.robot import DEFAULT_ROBOT_NAME
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.errors import (
    CorruptMetadataError,
    MissingFileError,
    MissingStatisticsError,
    MixedVersionsError,
    OldFormatError,
    UnfinishedError,
)
from canter.datasets.lerobot.features import (
    ACTION_CHUNK,
    CAMERA,
    COUNTED,
    RECORDED,
    Feature,
)
from canter.datasets.lerobot.video import FOVY, codec_info

OLD_FOVY = 2 * math.atan(96 / 64 * math.tan(math.radians(35)))
"""Vertical field of view of the camera of older data sets, which do not name it, rad."""


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
        camera: that took the pictures.
        robot: name of the robot.
    """

    version: str
    fps: int
    episodes: int
    frames: int
    tasks: int
    features: dict[str, dict[str, Any]]
    camera: CameraSpec
    robot: str = DEFAULT_ROBOT_NAME

    @property
    def recorded(self) -> tuple[Feature, ...]:
        """What is recorded beside the pictures."""
        return tuple(feature for feature in RECORDED if feature.key in self.features)


def read_json(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file.

    Raises:
        MissingFileError: there is no such file.
        CorruptMetadataError: it is no JSON object.
    """
    if not path.is_file():
        raise MissingFileError(f"'{path}' is missing; restore it, or collect again")
    try:
        found = parse_json(path.read_bytes())
    except ValueError as error:
        raise CorruptMetadataError(f"'{path}' is not JSON: {error}; restore it") from error
    if not isinstance(found, dict):
        raise CorruptMetadataError(f"'{path}' holds no JSON object; restore it")
    return found


def read_info(root: Path) -> Info:
    """Return what ``meta/info.json`` of a data set says.

    Raises:
        DatasetError: it is missing or damaged, or of another format.
    """
    path = root / layout.INFO
    begun = (root / layout.SPOOL).is_dir() or (root / layout.PLAN).exists()
    if begun and not path.exists():
        raise UnfinishedError(
            f"data set '{root}' is unfinished; give the command that was to write it again"
        )
    found = read_json(path)
    try:
        version, described = str(found["codebase_version"]), dict(found["features"])
        episodes, frames, tasks = (
            int(found[f"total_{name}"]) for name in ("episodes", "frames", "tasks")
        )
        fps, robot = int(found["fps"]), str(found["robot_type"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise CorruptMetadataError(f"'{path}' lacks or spoils {error}; restore it") from error
    if version != layout.VERSION:
        raise MixedVersionsError(
            f"'{path}' says format {version}, Canter reads {layout.VERSION}; "
            "convert the data set with LeRobot's own tools"
        )
    camera = _camera(path, described, fps)
    return Info(version, fps, episodes, frames, tasks, described, camera, robot)


def _camera(path: Path, described: Mapping[str, Any], fps: int) -> CameraSpec:
    """Return the camera of the pictures that ``info.json`` describes."""
    try:
        height, width, _ = described[CAMERA]["shape"]
        fovy = float(described[CAMERA]["info"].get(FOVY, OLD_FOVY))
        return CameraSpec(height, width, fovy, 1 / fps)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, CanterError) as error:
        raise CorruptMetadataError(f"'{path}' lacks or spoils {error}; restore it") from error


def old_format(root: Path) -> OldFormatError:
    """Return what to tell of a data set without plans."""
    return OldFormatError(
        f"'{root}' is of an older version of Canter: it lacks {ACTION_CHUNK}, from which models "
        "learn; collect it again, with the arguments in its meta/canter.json"
    )


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
        "robot_type": info.robot,
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


def features(
    camera: CameraSpec, fps: int, recorded: Sequence[Feature]
) -> dict[str, dict[str, Any]]:
    """Return the description of all features: pictures of this camera, and what was recorded."""
    pictures = {
        "dtype": "video",
        "shape": list(camera.shape),
        "names": ["height", "width", "channels"],
        "info": codec_info(camera, fps),
    }
    return {CAMERA: pictures} | {feature.key: feature.info() for feature in (*recorded, *COUNTED)}


def task_table(tasks: list[str]) -> pa.Table:
    """Return the table of tasks, its index the tasks' words, as pandas would write it."""
    index = {"name": "task", "field_name": "task", "pandas_type": "unicode", "numpy_type": "object"}
    number = {"name": "task_index", "field_name": "task_index"}
    number |= {"pandas_type": "int64", "numpy_type": "int64"}
    columns = [{**column, "metadata": None} for column in (number, index)]
    notes = {"index_columns": ["task"], "column_indexes": [], "columns": columns}
    table = pa.table({"task_index": pa.array(range(len(tasks)), pa.int64()), "task": tasks})
    return table.replace_schema_metadata({"pandas": json.dumps(notes)})
