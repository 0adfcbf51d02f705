"""From a recorded bag to a data set: pictures with the state, words and commands of their time."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rosbags.highlevel import AnyReader, AnyReaderError
from rosbags.typesys import Stores, get_typestore

from canter.control.array_file import write_arrays
from canter.control.errors import CanterError
from canter.control.types import GAIT_RANGES
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages.images import rgb
from canter.vla.runtime import INPUT_SHAPES

PICTURES, WORDS, CHUNKS = "camera/image_raw", "instruction", "gait_command"
JOINTS, IMU, ODOM = "joint_states", "imu/data", "odom"


def read_episode(bag: Path) -> dict[str, NDArray[Any]]:
    """Return the rows of a bag, one a picture, T in all.

    Returns:
        time (T,) s; image (T, 64, 96, 3) uint8; instruction (T,); q, qd, tau (T, 12) in the order
        of the names joint_names (12,); quat (T, 4) wxyz, gyro and accel (T, 3); chunk (T, K, 12),
        NaN where the model gave none.

    Raises:
        CanterError: it is no bag, or one without pictures.
    """
    try:
        with AnyReader([bag], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as reader:
            return _Rows(reader).collect()
    except AnyReaderError as error:
        raise CanterError(f"{bag} is no bag that can be read ({error})") from error


def convert(bag: Path, target: Path) -> int:
    """Write a bag's rows into an .npz and return how many there are."""
    rows = read_episode(bag)
    write_arrays(target, rows, compressed=True)
    return len(rows["time"])


class _Rows:
    """Joins the streams of a bag by their order of arrival: each picture takes the newest."""

    def __init__(self, reader: AnyReader) -> None:
        self._reader = reader
        self._newest: dict[str, Any] = {}
        self._chunks: dict[float, NDArray[np.float64]] = {}

    def collect(self) -> dict[str, NDArray[Any]]:
        rows: list[dict[str, Any]] = []
        for connection, _, data in self._reader.messages():
            topic = _relative(connection.topic)
            if topic not in (PICTURES, WORDS, CHUNKS, JOINTS, IMU):
                continue
            message = self._reader.deserialize(data, connection.msgtype)
            if topic == CHUNKS:
                self._take_chunk(message)
            elif topic == PICTURES and {JOINTS, IMU} <= self._newest.keys():
                rows.append(self._row(message))
            else:
                self._newest[topic] = message
        if not rows:
            raise CanterError("the bag holds no picture with joint_states and imu/data before it")
        chunks = [self._chunks.get(round(row["time"], 6)) for row in rows]
        steps = next((len(chunk) for chunk in chunks if chunk is not None), 1)
        empty = np.full((steps, len(GAIT_RANGES)), np.nan)
        found = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        found["chunk"] = np.stack([empty if chunk is None else chunk for chunk in chunks])
        found["joint_names"] = np.array(self._newest[JOINTS].name)
        return found

    def _take_chunk(self, message: Any) -> None:  # noqa: ANN401 - made by rosbags
        labels = [dimension.label for dimension in message.layout.dim]
        chunk = codec.decode_chunk(labels, message.data)
        self._chunks[round(chunk.time, 6)] = np.asarray(chunk.commands)

    def _row(self, picture: Any) -> dict[str, Any]:  # noqa: ANN401
        joints, imu = self._newest[JOINTS], self._newest[IMU]
        words = self._newest.get(WORDS)
        height, width, _ = INPUT_SHAPES["image"]
        turn = imu.orientation
        return {
            "time": picture.header.stamp.sec + picture.header.stamp.nanosec * 1e-9,
            "image": rgb(picture, height, width),
            "instruction": words.data if words is not None else "",
            "q": joints.position,
            "qd": joints.velocity,
            "tau": joints.effort,
            "quat": np.array([turn.w, turn.x, turn.y, turn.z]),
            "gyro": _vector(imu.angular_velocity),
            "accel": _vector(imu.linear_acceleration),
        }


def _relative(topic: str) -> str:
    """Return a topic's name without the robot's namespace."""
    known = (PICTURES, WORDS, CHUNKS, JOINTS, IMU)
    return next((name for name in known if topic.endswith(f"/{name}")), topic)


def _vector(message: Any) -> NDArray[np.float64]:  # noqa: ANN401
    return np.array([message.x, message.y, message.z])
