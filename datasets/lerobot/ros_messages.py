"""Frames of an episode as ROS 2 messages, by topic; quaternions are wxyz here and xyzw there."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rosbags.typesys import Stores, get_typestore
from rosbags.typesys.store import Typestore

from canter.control.layout import Layout
from canter.control.robot import JOINT_NAMES
from canter.control.types import GAIT_LAYOUT
from canter.datasets.lerobot.episode import EpisodeRecord
from canter.datasets.lerobot.features import (
    ACTION,
    ACTION_CHUNK,
    BASE_POSE,
    EXPERT_CHUNK,
    REFERENT_LAYOUT,
    REFERENTS,
    STATE,
    STATE_LAYOUT,
)

TYPES: dict[str, str] = {
    "/camera/image_raw/compressed": "sensor_msgs/msg/CompressedImage",
    "/joint_states": "sensor_msgs/msg/JointState",
    "/imu/data": "sensor_msgs/msg/Imu",
    "/gait_command": "std_msgs/msg/Float64MultiArray",
    "/gait_chunk": "std_msgs/msg/Float64MultiArray",
    "/expert/gait_chunk": "std_msgs/msg/Float64MultiArray",
    "/referents": "std_msgs/msg/Float64MultiArray",
    "/cmd_vel": "geometry_msgs/msg/TwistStamped",
    "/tf": "tf2_msgs/msg/TFMessage",
    "/instruction": "std_msgs/msg/String",
    "/event": "std_msgs/msg/String",
}
"""Type of each topic. The names are those of the robot's own graph; /gait_command is the command in
force, and the chunks are what driver and expert planned; /tf holds the true base pose in the frame
``odom``; /cmd_vel is the part of the gait command that others understand. What a data set does not
have has no messages."""
SECOND_NS = 10**9
CAMERA_FRAME = "camera_optical_frame"
NOT_MEASURED = np.array([-1.0] + [0.0] * 8)
"""A covariance that says: there is no such estimate (sensor_msgs/Imu)."""

Row = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Stamped:
    """A message at its time.

    Attributes:
        topic: one of TYPES.
        time_ns: since the start of the episode, ns.
        message: of the topic's type.
    """

    topic: str
    time_ns: int
    message: Any


@cache
def types() -> Typestore:
    """Return the message types of ROS 2 Jazzy."""
    return get_typestore(Stores.ROS2_JAZZY)


def _new(name: str, *values: Any) -> Any:  # noqa: ANN401 - its types are made at run time
    return types().types[name](*values)


def messages(
    record: EpisodeRecord, rows: Sequence[Row], images: NDArray[np.uint8], fps: int
) -> Iterator[Stamped]:
    """Yield the messages of an episode in the order of time.

    Args:
        record: of the episode.
        rows: values of each frame by key.
        images: picture of each frame, uint8 RGB, (T, height, width, 3).
        fps: frames a second.
    """
    events = sorted(record.events, key=lambda event: event.time)
    yield Stamped("/instruction", 0, _new("std_msgs/msg/String", record.instruction))
    for k, (row, image) in enumerate(zip(rows, images, strict=True)):
        now = k * SECOND_NS // fps
        while events and round(events[0].time * SECOND_NS) <= now:
            yield _event(events.pop(0))
        for topic, message in _frame(row, image, now).items():
            yield Stamped(topic, now, message)
    for event in events:
        yield _event(event)


def _event(event: Any) -> Stamped:  # noqa: ANN401
    text = _new("std_msgs/msg/String", event.name)
    return Stamped("/event", round(event.time * SECOND_NS), text)


def _frame(row: Row, image: NDArray[np.uint8], now: int) -> dict[str, Any]:
    """Return the messages of one frame by topic."""
    state = {
        name: value.astype(np.float64) for name, value in STATE_LAYOUT.unpack(row[STATE]).items()
    }
    base = _header(now, "base_link")
    joints = (list(JOINT_NAMES), state["q"], state["qd"], state["tau"])
    found = {
        "/camera/image_raw/compressed": _new(
            "sensor_msgs/msg/CompressedImage", _header(now, CAMERA_FRAME), "png", _png(image)
        ),
        "/joint_states": _new("sensor_msgs/msg/JointState", base, *joints),
        "/imu/data": _imu(state, now),
        "/gait_command": _labelled(row[ACTION], GAIT_LAYOUT),
        "/cmd_vel": _new("geometry_msgs/msg/TwistStamped", base, _twist(row[ACTION])),
    }
    if ACTION_CHUNK in row:
        found["/gait_chunk"] = _labelled(row[ACTION_CHUNK], GAIT_LAYOUT)
    if EXPERT_CHUNK in row:
        found["/expert/gait_chunk"] = _labelled(row[EXPERT_CHUNK], GAIT_LAYOUT)
    if REFERENTS in row:
        found["/referents"] = _labelled(row[REFERENTS], REFERENT_LAYOUT)
    if BASE_POSE in row:
        found["/tf"] = _new("tf2_msgs/msg/TFMessage", [_transform(row[BASE_POSE], now)])
    return found


def _header(now: int, frame: str) -> Any:  # noqa: ANN401
    stamp = _new("builtin_interfaces/msg/Time", now // SECOND_NS, now % SECOND_NS)
    return _new("std_msgs/msg/Header", stamp, frame)


def _png(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return np.frombuffer(file.getvalue(), np.uint8)


def _vector(values: NDArray[Any]) -> Any:  # noqa: ANN401
    return _new("geometry_msgs/msg/Vector3", *map(float, values))


def _imu(state: dict[str, NDArray[Any]], now: int) -> Any:  # noqa: ANN401
    unknown = _new("geometry_msgs/msg/Quaternion", 0.0, 0.0, 0.0, 1.0)
    gyro, accel = _vector(state["gyro"]), _vector(state["accel"])
    measured = np.zeros(9)
    header = _header(now, "imu_link")
    values = (header, unknown, NOT_MEASURED, gyro, measured, accel, measured)
    return _new("sensor_msgs/msg/Imu", *values)


def _labelled(values: NDArray[Any], fields: Layout) -> Any:  # noqa: ANN401
    """Return rows of values one after the other, each field named by the label of a dimension."""
    label = "std_msgs/msg/MultiArrayDimension"
    names = [_new(label, name, width, 1) for name, width in fields.widths.items()]
    layout = _new("std_msgs/msg/MultiArrayLayout", names, 0)
    return _new("std_msgs/msg/Float64MultiArray", layout, values.astype(np.float64))


def _twist(action: NDArray[Any]) -> Any:  # noqa: ANN401
    vx, vy, wz = (float(action[GAIT_LAYOUT[name]][0]) for name in ("vx", "vy", "wz"))
    linear, angular = _vector(np.array([vx, vy, 0.0])), _vector(np.array([0.0, 0.0, wz]))
    return _new("geometry_msgs/msg/Twist", linear, angular)


def _transform(pose: NDArray[Any], now: int) -> Any:  # noqa: ANN401
    x, y, z, qw, qx, qy, qz = map(float, pose)
    turn = _new("geometry_msgs/msg/Quaternion", qx, qy, qz, qw)
    moved = _new("geometry_msgs/msg/Transform", _vector(np.array([x, y, z])), turn)
    header = _header(now, "odom")
    return _new("geometry_msgs/msg/TransformStamped", header, "base_link", moved)
