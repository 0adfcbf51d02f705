"""What a frame holds, by name: what the robot saw and measured, what it did, what was true."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.robot import FOOT_NAMES, JOINT_NAMES
from canter.control.types import CHUNK_STEPS, GAIT_RANGES

CAMERA = "observation.images.front"
STATE, ACTION, ACTION_CHUNK = "observation.state", "action", "action.chunk"
EXPERT_ACTION, EXPERT_CHUNK = "expert_action", "expert_action.chunk"
REFERENTS, BASE_POSE = "referents", "truth.base_pose"
DONE, SUCCESS = "next.done", "next.success"

AXES = ("x", "y", "z")
STATE_LAYOUT = Layout(
    {"q": 12, "qd": 12, "tau": 12, "gyro": 3, "gravity": 3, "accel": 3, "foot_contact": 4}
)
"""Order of ``observation.state``, (49,): joint angles (rad), speeds (rad/s) and torques (Nm) in
canonical order, mean angular velocity since the last frame (rad/s), unit gravity and specific force
(m/s^2) in the base frame, and whether each foot carries load."""


REFERENT_LAYOUT = Layout(
    dict.fromkeys(("present", "seen", "bearing", "distance", "pixel_x", "pixel_y"), 1)
)
"""What is known of a referent, a thing that the words name, (6,): whether the scene has it and
whether it is in view (0 or 1), its direction in the base frame (rad, positive left), its distance
from the base to its nearest surface (m), and where its middle is in the picture (x right, y down,
-1 to 1 from edge to edge, clipped); zeros where it is not present."""
REFERENT_COUNT = 2
"""Most referents of an instruction."""


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


def state_names() -> tuple[str, ...]:
    """Return the names of the values of ``observation.state``, in order."""
    joints = [name.removesuffix("_joint") for name in JOINT_NAMES]
    parts = {
        **{kind: joints for kind in ("q", "qd", "tau")},
        **{kind: AXES for kind in ("gyro", "gravity", "accel")},
        "foot_contact": [name.removesuffix("_foot") for name in FOOT_NAMES],
    }
    return tuple(f"{kind}.{name}" for kind in STATE_LAYOUT for name in parts[kind])


def chunk_names() -> tuple[str, ...]:
    """Return the names of the values of a chunk, (120,): first all fields of its first command."""
    return tuple(f"{step}.{name}" for step in range(CHUNK_STEPS) for name in GAIT_RANGES)


def referent_names() -> tuple[str, ...]:
    """Return the names of the values of ``referents``, (12,), in the order of the words."""
    return tuple(f"{which}.{name}" for which in range(REFERENT_COUNT) for name in REFERENT_LAYOUT)


RECORDED: tuple[Feature, ...] = (
    Feature(STATE, state_names()),
    Feature(ACTION, tuple(GAIT_RANGES)),
    Feature(ACTION_CHUNK, chunk_names()),
    Feature(EXPERT_ACTION, tuple(GAIT_RANGES)),
    Feature(EXPERT_CHUNK, chunk_names()),
    Feature(REFERENTS, referent_names()),
    Feature(BASE_POSE, ("x", "y", "z", "qw", "qx", "qy", "qz")),
    Feature(DONE, (DONE,), "bool"),
    Feature(SUCCESS, (SUCCESS,), "bool"),
)
"""What may be recorded beside the pictures. ``action`` is the first command that was executed from
this picture on, and ``action.chunk`` all that the driver planned there, CHUNK_SPACING_S apart;
``expert_action`` and its chunk are what the expert would have done, the same unless its driver was
disturbed or another; ``truth.base_pose`` is the base in the world (m, quaternion wxyz), which no
robot knows: its name keeps it out of a policy's inputs."""

OPTIONAL = frozenset({ACTION_CHUNK, EXPERT_ACTION, EXPERT_CHUNK, REFERENTS, BASE_POSE})
"""What a data set may lack: a real robot knows neither expert, referents nor truth, and older
versions of Canter recorded no plans."""

COUNTED: tuple[Feature, ...] = (
    Feature("timestamp", ("timestamp",)),
    *(
        Feature(key, (key,), "int64")
        for key in ("frame_index", "episode_index", "index", "task_index")
    ),
)
"""What packing adds to each frame."""

Columns = Mapping[str, NDArray[Any]]


def recorded_features(keys: Collection[str]) -> tuple[Feature, ...]:
    """Return the features of RECORDED with these keys, in order.

    Raises:
        CanterError: a key is unknown, or one that is not OPTIONAL is missing.
    """
    known = {feature.key for feature in RECORDED}
    odd = (set(keys) - known) | (known - OPTIONAL - set(keys))
    if odd:
        raise CanterError(
            f"columns {sorted(odd)} are missing or unknown; an episode has "
            f"{', '.join(sorted(known - OPTIONAL))}, and may have {', '.join(sorted(OPTIONAL))}"
        )
    return tuple(feature for feature in RECORDED if feature.key in keys)


def schema_of(features: Iterable[Feature]) -> pa.Schema:
    """Return the columns of data files with these recorded features."""
    return pa.schema([(feature.key, feature.arrow) for feature in (*features, *COUNTED)])


def recorded_table(columns: Columns) -> pa.Table:
    """Return recorded values as a table.

    Args:
        columns: value by key of RECORDED, (T, n), or (T,) where n is 1.

    Raises:
        CanterError: a column is missing, unknown, of another shape, or not finite.
    """
    features = recorded_features(columns.keys())
    frames = len(columns[ACTION])
    arrays = [_column(feature, np.asarray(columns[feature.key]), frames) for feature in features]
    return pa.table(arrays, names=[feature.key for feature in features])


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
