"""What a frame holds, by name: what the robot saw and measured, what it did, what was true."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.robot import GO2, RobotSpec
from canter.control.types import GAIT_RANGES

FPS = 10
CAMERA = "observation.images.front"
STATE, ACTION, EXPERT_ACTION = "observation.state", "action", "expert_action"
BASE_POSE = "truth.base_pose"
DONE, SUCCESS = "next.done", "next.success"

AXES = ("x", "y", "z")
STATE_LAYOUT = Layout(
    {"q": 12, "qd": 12, "tau": 12, "gyro": 3, "gravity": 3, "accel": 3, "foot_contact": 4}
)
"""Order of ``observation.state``, (49,): joint angles (rad), speeds (rad/s) and torques (Nm) in
canonical order, mean angular velocity since the last frame (rad/s), unit gravity and specific force
(m/s^2) in the base frame, and whether each foot carries load."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the frames.

    Attributes:
        key: its name.
        names: of its values.
        dtype: of each value, by numpy's name.
    """

    key: str
    names: tuple[str, ...]
    dtype: str = "float32"

    @property
    def arrow(self) -> pa.DataType:
        """Type of its column: a plain value where there is but one, else a list of fixed size."""
        value = pa.from_numpy_dtype(np.dtype(self.dtype))
        return value if len(self.names) == 1 else pa.list_(value, len(self.names))

    def info(self) -> dict[str, Any]:
        """Return its entry in ``meta/info.json``."""
        names = list(self.names) if len(self.names) > 1 else None
        return {"dtype": self.dtype, "shape": [len(self.names)], "names": names}


def state_names(robot: RobotSpec = GO2) -> tuple[str, ...]:
    """Return the names of the values of ``observation.state``, in order."""
    joints = [name.removesuffix("_joint") for name in robot.joint_names]
    parts = {
        **{kind: joints for kind in ("q", "qd", "tau")},
        **{kind: AXES for kind in ("gyro", "gravity", "accel")},
        "foot_contact": [name.removesuffix("_foot") for name in robot.foot_names],
    }
    return tuple(f"{kind}.{name}" for kind in STATE_LAYOUT for name in parts[kind])


RECORDED: tuple[Feature, ...] = (
    Feature(STATE, state_names()),
    Feature(ACTION, tuple(GAIT_RANGES)),
    Feature(EXPERT_ACTION, tuple(GAIT_RANGES)),
    Feature(BASE_POSE, ("x", "y", "z", "qw", "qx", "qy", "qz")),
    Feature(DONE, (DONE,), "bool"),
    Feature(SUCCESS, (SUCCESS,), "bool"),
)
"""What is recorded beside the pictures. ``action`` was executed; ``expert_action`` is what the
expert would have done there, the same unless its driver was disturbed; ``truth.base_pose`` is the
base in the world (m, quaternion wxyz), which no robot knows: its name keeps it out of a policy's
inputs."""

COUNTED: tuple[Feature, ...] = (
    Feature("timestamp", ("timestamp",)),
    *(
        Feature(key, (key,), "int64")
        for key in ("frame_index", "episode_index", "index", "task_index")
    ),
)
"""What packing adds to each frame."""

SCHEMA = pa.schema([(feature.key, feature.arrow) for feature in (*RECORDED, *COUNTED)])
"""Columns of the data files."""

Columns = Mapping[str, NDArray[Any]]


def recorded_table(columns: Columns) -> pa.Table:
    """Return recorded values as a table.

    Args:
        columns: value by key of RECORDED, (T, n), or (T,) where n is 1.

    Raises:
        CanterError: a column is missing, unknown, of another shape, or not finite.
    """
    wanted = {feature.key for feature in RECORDED}
    if wanted != columns.keys():
        raise CanterError(
            f"columns {sorted(wanted ^ columns.keys())} are missing or unknown; "
            f"an episode has {', '.join(sorted(wanted))}"
        )
    frames = len(columns[ACTION])
    arrays = [_column(feature, np.asarray(columns[feature.key]), frames) for feature in RECORDED]
    return pa.table(arrays, names=[feature.key for feature in RECORDED])


def _column(feature: Feature, values: NDArray[Any], frames: int) -> pa.Array:
    width = len(feature.names)
    shape = (frames,) if width == 1 else (frames, width)
    if values.shape != shape:
        raise CanterError(f"column '{feature.key}' has shape {values.shape}, it must be {shape}")
    if not np.isfinite(values).all():
        raise CanterError(f"column '{feature.key}' holds values that are not finite")
    flat = pa.array(np.ascontiguousarray(values, feature.dtype).ravel())
    return flat if width == 1 else pa.FixedSizeListArray.from_arrays(flat, width)


def values_of(table: pa.Table, key: str) -> NDArray[Any]:
    """Return a column of a table as an array, (T, n), or (T,) where n is 1."""
    column = table.column(key).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks)
    if pa.types.is_fixed_size_list(column.type):
        width = column.type.list_size
        flat: NDArray[Any] = column.flatten().to_numpy(zero_copy_only=False)
        return flat.reshape(-1, width)
    return np.asarray(column.to_numpy(zero_copy_only=False))
