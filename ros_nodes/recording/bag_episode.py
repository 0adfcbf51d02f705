"""From a recorded bag to episodes: pictures with the state, words and plan of their time."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rosbags.highlevel import AnyReader, AnyReaderError
from rosbags.rosbag2 import ReaderError
from rosbags.typesys import Stores, get_typestore
from ruamel.yaml.error import YAMLError

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, RobotState
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages.images import rgb
from canter.ros_nodes.recording.bag_check import check_bag
from canter.vla.config import CAMERA

PICTURES, CAMERA_INFO, WORDS = "camera/image_raw", "camera/camera_info", "instruction"
CHUNKS, JOINTS, IMU, STATE = "gait_command", "joint_states", "imu/data", "robot_state"
TOPICS = (PICTURES, CAMERA_INFO, WORDS, CHUNKS, JOINTS, IMU, STATE)
LARGEST_GAP = 1.5
"""Pictures further apart than so many periods do not belong to one episode."""

_BROKEN = (
    *(AnyReaderError, ReaderError, OSError, EOFError, ValueError, KeyError, IndexError, TypeError),
    *(AttributeError, AssertionError, RuntimeError, OverflowError, struct.error, YAMLError),
    MemoryError,  # at a length that is none: chunks that unpack to too much are refused before
)
"""What rosbags and its parsers raise where a bag is not what it says."""

Float = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class BagFrame:
    """One picture and what was known when it came.

    Attributes:
        time: of the picture, s.
        image: uint8 RGB, CAMERA.shape.
        instruction: what the robot was told; empty before it was.
        state: the newest; foot contacts are zeros where the bag has no robot_state.
        gyro_mean: mean angular velocity since the last picture, base frame, rad/s, (3,).
    """

    time: float
    image: NDArray[np.uint8]
    instruction: str
    state: RobotState
    gyro_mean: Float


@dataclass(frozen=True, slots=True)
class BagEpisode:
    """Pictures at an even pace under one instruction.

    Attributes:
        frames: one a picture, at least two.
        chunks: what the driver planned at each of them, (T, CHUNK_STEPS, 12).
        camera: that took them.
    """

    frames: tuple[BagFrame, ...]
    chunks: NDArray[np.float32]
    camera: CameraSpec


def read_episodes(bag: Path, robot: RobotSpec = DEFAULT_ROBOT) -> list[BagEpisode]:
    """Return the episodes of a bag: from a first plan on, until the words change.

    Args:
        bag: its folder.
        robot: that was recorded.

    Raises:
        CanterError: it is no bag, or one without pictures or without plans.
    """
    check_bag(bag)
    try:
        with AnyReader([bag], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as reader:
            streams = _Streams(robot)
            for connection, _, data in reader.messages():
                topic = _relative(connection.topic)
                if topic in TOPICS:
                    streams.take(topic, reader.deserialize(data, connection.msgtype))
    except CanterError:
        raise
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise CanterError(
            f"{bag} is no bag that can be read ({reason}); where its recorder was killed, give "
            f"canter ros bag --repair {bag}"
        ) from error
    if not streams.frames:
        raise CanterError(f"{bag} holds no picture with joint_states and imu/data before it")
    if not streams.chunks:
        raise CanterError(f"{bag} holds no {CHUNKS}: record while the robot is told what to do")
    return _episodes(streams)


class _Streams:
    """Joins the streams of a bag by their order of arrival: each picture takes the newest.

    Attributes:
        frames: one a picture.
        chunks: in the order of their times.
        fovy: vertical field of view of the camera, rad.
    """

    def __init__(self, robot: RobotSpec) -> None:
        self._robot = robot
        self._newest: dict[str, Any] = {}
        self._gyros: list[Float] = []
        self.frames: list[BagFrame] = []
        self.chunks: list[GaitChunk] = []
        self.fovy = CAMERA.fovy

    def take(self, topic: str, message: Any) -> None:  # noqa: ANN401 - made by rosbags
        """Take in the next message."""
        if topic == CHUNKS:
            self.chunks.append(codec.decode_chunk(_labels(message), message.data))
        elif topic == CAMERA_INFO:
            focal = float(message.k[4])
            self.fovy = 2 * math.atan(message.height / 2 / focal) if focal > 0 else self.fovy
        elif topic == PICTURES:
            if {JOINTS, IMU} <= self._newest.keys():
                self.frames.append(self._frame(message))
                self._gyros = []
        else:
            self._newest[topic] = message
            if topic == IMU:
                self._gyros.append(_vector(message.angular_velocity))

    def _frame(self, picture: Any) -> BagFrame:  # noqa: ANN401
        words = self._newest.get(WORDS)
        state = self._state()
        return BagFrame(
            time=picture.header.stamp.sec + picture.header.stamp.nanosec * 1e-9,
            image=rgb(picture, CAMERA.height, CAMERA.width),
            instruction=words.data if words is not None else "",
            state=state,
            gyro_mean=np.mean(self._gyros or [state.gyro], axis=0),
        )

    def _state(self) -> RobotState:
        joints, imu, packet = self._newest[JOINTS], self._newest[IMU], self._newest.get(STATE)
        places = {name: place for place, name in enumerate(joints.name)}
        missing = [name for name in self._robot.joint_names if name not in places]
        if missing:
            raise CanterError(f"{JOINTS} lacks {missing[0]} of the robot {self._robot.name}")
        order = [places[name] for name in self._robot.joint_names]
        feet = np.zeros(len(self._robot.foot_names))
        if packet is not None:
            known = codec.decode_state(_labels(packet), packet.data, self._robot)
            feet = np.asarray(known.foot_contact, np.float64)
        turn = imu.orientation
        return RobotState(
            time=0.0,
            q=np.asarray(joints.position)[order],
            qd=np.asarray(joints.velocity)[order],
            tau=np.asarray(joints.effort)[order],
            quat=np.array([turn.w, turn.x, turn.y, turn.z]),
            gyro=_vector(imu.angular_velocity),
            accel=_vector(imu.linear_acceleration),
            foot_contact=feet,
        )


def _episodes(streams: _Streams) -> list[BagEpisode]:
    """Return the frames that have a plan, cut where the words change or pictures are missing."""
    planned = [frame for frame in streams.frames if frame.instruction]
    chunks = sorted(streams.chunks, key=lambda chunk: chunk.time)
    planned = [frame for frame in planned if frame.time >= chunks[0].time - 1e-6]
    period = _period([frame.time for frame in streams.frames])
    groups: list[list[BagFrame]] = []
    for frame in planned:
        last = groups[-1][-1] if groups else None
        if (
            last is None
            or last.instruction != frame.instruction
            or frame.time - last.time > LARGEST_GAP * period
        ):
            groups.append([])
        groups[-1].append(frame)
    camera = replace(CAMERA, fovy=streams.fovy, period=period)
    return [
        BagEpisode(tuple(group), np.stack([in_force(chunks, f.time) for f in group]), camera)
        for group in groups
        if len(group) > 1
    ]


def in_force(chunks: Sequence[GaitChunk], time: float) -> NDArray[np.float32]:
    """Return what is planned at a time: the answer to its picture, else what is left of the last.

    Args:
        chunks: in the order of their times, the first not after ``time``.
        time: of a picture, s.

    Returns:
        Commands CHUNK_SPACING_S apart from ``time`` on, as they would be executed, (10, 12).
    """
    newest = next(chunk for chunk in reversed(chunks) if chunk.time <= time + 1e-6)
    steps = range(CHUNK_STEPS)
    return np.stack([newest.at(time + k * CHUNK_SPACING_S).to_array() for k in steps])


def _period(times: Sequence[float]) -> float:
    """Return the usual time between two pictures, s, to whole commands of a chunk."""
    if len(times) < 2:
        return CAMERA.period
    commands = max(round(float(np.median(np.diff(times))) / CHUNK_SPACING_S), 1)
    return round(commands * CHUNK_SPACING_S, 6)


def _labels(message: Any) -> list[str]:  # noqa: ANN401
    return [dimension.label for dimension in message.layout.dim]


def _relative(topic: str) -> str:
    """Return a topic's name without the robot's namespace."""
    return next((name for name in TOPICS if topic.endswith(f"/{name}")), topic)


def _vector(message: Any) -> NDArray[np.float64]:  # noqa: ANN401
    return np.array([message.x, message.y, message.z])
