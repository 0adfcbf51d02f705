"""Episodes of data sets as a model learns from them: pictures, body, the expert's labels."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.datasets.lerobot.episode_rows import Entry
from canter.datasets.lerobot.features import (
    ACTION_CHUNK,
    EXPERT_CHUNK,
    REFERENT_COUNT,
    REFERENT_LAYOUT,
    REFERENTS,
    STATE,
    STATE_LAYOUT,
    values_of,
)
from canter.datasets.lerobot.metadata import old_format
from canter.datasets.lerobot.reader import Dataset
from canter.vla.config import CAMERA
from canter.vla.data import Episode
from canter.vla.instruction import InstructionCode
from canter.vla.proprio import build_proprio, packed_terms

LABELS = (EXPERT_CHUNK, REFERENTS)
"""Features that a model learns from beside what it is shown."""
SEEN = "seen"
"""The split to train on; all others are for evaluation."""
LEAST_DISTANCE, NO_DISTANCE = 0.05, 1.0
"""A distance label is at least the one, and the other where the referent is not there, m."""
FOCAL_TOLERANCE = 0.01
"""Relative difference of focal lengths that a camera's own mounting error drowns."""

Images = NDArray[np.uint8]
Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CameraFit:
    """How pictures of one camera become those of another of the same focal length.

    Attributes:
        rows: of each picture that are kept, its middle.
        columns: likewise.
        stride: of so many pictures, the first is kept.
    """

    rows: slice
    columns: slice
    stride: int


def fit_camera(have: CameraSpec, wanted: CameraSpec) -> CameraFit:
    """Return how pictures are cut and thinned out to those of another camera.

    Raises:
        CanterError: they show less, on another scale, or at times between.
    """
    scale = _focal_px(have) / _focal_px(wanted)
    stride = round(wanted.period / have.period)
    fits = (
        have.height >= wanted.height
        and have.width >= wanted.width
        and abs(scale - 1.0) <= FOCAL_TOLERANCE
        and stride >= 1
        and math.isclose(stride * have.period, wanted.period)
    )
    if not fits:
        raise CanterError(
            f"pictures of {_told(have)} cannot be cut to {_told(wanted)}, which the model takes; "
            "collect with the usual camera, or with --camera-of the model's file"
        )
    top, left = (have.height - wanted.height) // 2, (have.width - wanted.width) // 2
    return CameraFit(slice(top, top + wanted.height), slice(left, left + wanted.width), stride)


def _focal_px(camera: CameraSpec) -> float:
    return camera.height / 2 / math.tan(camera.fovy / 2)


def _told(camera: CameraSpec) -> str:
    degrees = math.degrees(camera.fovy)
    return f"{camera.height} x {camera.width} px over {degrees:.0f} degrees every {camera.period} s"


class EpisodeReader:
    """Reads the episodes that a model can learn from, of any number of data sets.

    Args:
        tasks: that the model learns.
        augment: applied to each picture.
        camera: of the model.

    Attributes:
        left_out: how many episodes were left out, by reason.
    """

    def __init__(
        self,
        tasks: Sequence[str],
        augment: Callable[[Images], Images] = lambda image: image,
        camera: CameraSpec = CAMERA,
    ) -> None:
        self._tasks, self._augment = tuple(tasks), augment
        self._code = InstructionCode(tasks)
        self._camera = camera
        self.left_out: Counter[str] = Counter()

    def read(self, folder: Path) -> list[Episode]:
        """Return the episodes of a data set, none where all are left out.

        Raises:
            DatasetError: it is missing, damaged, or of an older format.
            CanterError: it has no labels, or its camera does not fit.
        """
        dataset = Dataset(folder)
        if ACTION_CHUNK not in dataset.info.features:
            raise old_format(folder)
        lacking = [key for key in LABELS if key not in dataset.info.features]
        if lacking:
            raise CanterError(
                f"'{dataset.root}' has no labels to learn from ({', '.join(lacking)}), as a "
                "robot's own recording; give data sets of `canter collect`"
            )
        try:
            fit = fit_camera(dataset.info.camera, self._camera)
        except CanterError as error:
            raise CanterError(f"'{dataset.root}': {error}") from error
        return [self._episode(dataset, e, fit) for e in dataset.entries if self._can_learn(e)]

    def told(self) -> str:
        """Return what was left out, in words."""
        return ", ".join(f"{count} {why}" for why, count in self.left_out.items())

    def _can_learn(self, entry: Entry) -> bool:
        """Tell whether the model can learn from an episode; count it where it cannot."""
        if entry.record.split != SEEN:
            self.left_out["held out for evaluation"] += 1
        elif entry.record.family not in self._tasks:
            self.left_out["of other tasks"] += 1
        elif self._instruction(entry) is None:
            self.left_out["of words that the model has not"] += 1
        else:
            return True
        return False

    def _instruction(self, entry: Entry) -> Float | None:
        """Return the vector of an episode's instruction, None where the model has no code."""
        return self._code.known(entry.record.family, dict(entry.record.words))

    def _episode(self, dataset: Dataset, entry: Entry, fit: CameraFit) -> Episode:
        table, every = dataset.frames(entry), slice(None, None, fit.stride)
        referents = values_of(table, REFERENTS).reshape(-1, REFERENT_COUNT, REFERENT_LAYOUT.size)
        named = {
            key: part[..., 0] for key, part in REFERENT_LAYOUT.unpack(referents[every]).items()
        }
        there = named["present"] > 0
        distance = np.maximum(named["distance"], LEAST_DISTANCE)
        images = dataset.images(entry)[every, fit.rows, fit.columns]
        return Episode(
            task=entry.record.family,
            images=np.stack([self._augment(image) for image in images]),
            proprio=_proprio(table, dataset.info.camera, fit.stride),
            instruction=self._code.code(entry.record.family, dict(entry.record.words)),
            chunk=values_of(table, EXPERT_CHUNK)[every].reshape(-1, CHUNK_STEPS, GAIT_LAYOUT.size),
            present=there,
            seen=named["seen"] > 0,
            bearing=named["bearing"].astype(np.float32),
            distance=np.where(there, distance, NO_DISTANCE).astype(np.float32),
        )


def _proprio(table: pa.Table, camera: CameraSpec, stride: int) -> Float:
    """Return what the model is told of the body at every stride-th frame, (T, PROPRIO.size).

    The last command is the one in force before the picture: the first of an episode stands.
    """
    state = STATE_LAYOUT.unpack(values_of(table, STATE))
    planned = values_of(table, ACTION_CHUNK).reshape(-1, CHUNK_STEPS, GAIT_LAYOUT.size)
    executed = planned[:-1, camera.commands_per_picture - 1]
    last = packed_terms(np.concatenate([GaitCommand().to_array()[None], executed]))
    gyro = state["gyro"]
    kept = range(0, len(gyro), stride)
    since = np.stack([gyro[max(k - stride + 1, 0) : k + 1].mean(axis=0) for k in kept])
    return build_proprio(since, state["gravity"][::stride], last[::stride])
