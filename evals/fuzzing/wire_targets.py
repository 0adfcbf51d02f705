"""Targets: what comes over a wire: Unitree's samples, ROS's packets and pictures, bags of them."""

import shutil
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rosbags.typesys import Stores, get_typestore
from rosbags.typesys.store import Typestore

from canter.control.gait.gait_chunk import GaitChunk
from canter.control.impedance import damping_command
from canter.control.robot import DEFAULT_ROBOT
from canter.control.types import GaitCommand, RobotState
from canter.control.unitree import low_cmd, low_state
from canter.control.unitree.crc import is_sealed, seal
from canter.control.unitree.messages import LOW_CMD, LOW_STATE, SPORT_MODE_STATE
from canter.control.unitree.robot_clock import RobotClock
from canter.evals.fuzzing.target import Target
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages.images import rgb
from canter.ros_nodes.messages.packet import Packet
from canter.ros_nodes.recording import bag_repair
from canter.ros_nodes.recording.bag_episode import read_episodes
from canter.ros_nodes.recording.bag_writer import BagWriter
from canter.vla.config import CAMERA

HEIGHT, WIDTH = CAMERA.height, CAMERA.width
BETWEEN = b"\n\n"
"""What stands between the labels and the numbers of a packet."""


def _state() -> RobotState:
    zeros = np.zeros(12)
    return RobotState(
        time=1.0,
        q=DEFAULT_ROBOT.default_q.copy(),
        qd=zeros,
        tau=zeros,
        quat=np.array([1.0, 0, 0, 0]),
        gyro=np.zeros(3),
        accel=np.array([0, 0, 9.81]),
        foot_contact=np.ones(4),
    )


def unitree(folder: Path) -> Target:
    """Return the target of samples on Unitree's bus: the first byte says of which type."""
    clock = RobotClock()

    def state(sample: bytes) -> None:
        record = LOW_STATE.from_wire(sample)
        is_sealed(record)
        low_state.robot_state(record, clock.time(int(record["tick"]), time.monotonic()))

    def command(sample: bytes) -> None:
        record = LOW_CMD.from_wire(sample)
        seal(record)
        if low_cmd.refusal(record) is None:
            low_cmd.to_joint_command(record, 1.0)

    def sport(sample: bytes) -> None:
        SPORT_MODE_STATE.from_wire(sample)

    readers: tuple[Callable[[bytes], None], ...] = (state, command, sport)

    def read(data: bytes) -> None:
        readers[data[0] % len(readers) if data else 0](data[1:])

    measured = low_state.Measurement(_state(), np.zeros(12), np.full(4, 40.0), 1000)
    seeds = (
        b"\0" + LOW_STATE.to_wire(low_state.pack(measured)),
        b"\1" + LOW_CMD.to_wire(low_cmd.from_joint_command(damping_command(DEFAULT_ROBOT, 1.0))),
        b"\2" + SPORT_MODE_STATE.to_wire(SPORT_MODE_STATE.zeros()),
    )
    return Target(read, seeds, (b"\xfe\xef", b"\0\1\0\0", b"\0\0\xc0\x7f", b"\0\0\x80\xff"))


@dataclass(slots=True)
class _Image:
    height: int
    width: int
    encoding: str
    step: int
    data: bytes


def ros(folder: Path) -> Target:
    """Return the target of ROS messages: packets by the first byte, or a picture."""
    decoders = (codec.decode_state, codec.decode_command, codec.decode_chunk)

    def read(data: bytes) -> None:
        kind = data[0] % (len(decoders) + 1) if data else 0
        head, _, body = data[1:].partition(BETWEEN)
        text = head.decode("utf-8", "replace")
        if kind == len(decoders):
            _read_picture(text, body)
            return
        body = body[: len(body) // 8 * 8]
        decoders[kind](text.split("\n"), array("d", body))

    stamped = codec.StampedCommand(damping_command(DEFAULT_ROBOT, 1.0), 1.0)
    packets = (
        codec.encode_state(_state()),
        codec.encode_command(stamped),
        codec.encode_chunk(_chunk()),
    )
    seeds = [bytes([kind]) + _packed(packet) for kind, packet in enumerate(packets)]
    picture = f"{HEIGHT} {WIDTH} rgb8 {3 * WIDTH}".encode() + BETWEEN + bytes(3 * WIDTH * HEIGHT)
    words = (
        b"joints=",
        b"feet=",
        b"steps=",
        b"canter.RobotState/1",
        b"bgra8",
        b"mono8",
        b"FL_hip_joint,",
    )
    return Target(read, (*seeds, bytes([len(decoders)]) + picture), words)


def _packed(packet: Packet) -> bytes:
    return "\n".join(packet.labels).encode() + BETWEEN + packet.data.tobytes()


def _read_picture(text: str, body: bytes) -> None:
    """Read a picture whose sizes, as in its message, are 32-bit numbers without a sign."""
    words = [*text.split(), "0", "0", "rgb8", "0"][:4]
    sizes = [int(word) % 2**32 if word.isdecimal() and len(word) < 12 else 0 for word in words]
    rgb(_Image(sizes[0], sizes[1], words[2], sizes[3], body), HEIGHT, WIDTH)


def bag(folder: Path) -> Target:
    """Return the target of recorded bags: a first byte of ``m`` is the metadata, else the MCAP."""
    whole = folder / "whole"
    _write_bag(whole)
    files = {path.suffix: path.read_bytes() for path in whole.iterdir()}
    names = {path.suffix: path.name for path in whole.iterdir()}
    spoilt = folder / "spoilt"

    def read(data: bytes) -> None:
        shutil.rmtree(spoilt, ignore_errors=True)
        spoilt.mkdir()
        changed = ".yaml" if data[:1] == b"m" else ".mcap"
        for suffix, content in files.items():
            (spoilt / names[suffix]).write_bytes(data[1:] if suffix == changed else content)
        read_episodes(spoilt)

    words = (
        b"message_count: ",
        b"relative_file_paths:",
        b"../",
        b"cdr",
        b"zstd",
        b"rgb8",
        b"\x89MCAP0\r\n",
    )
    return Target(read, (b"m" + files[".yaml"], b"c" + files[".mcap"]), words)


def repair(folder: Path) -> Target:
    """Return the target of bags whose recorder was killed, and which are mended."""
    whole = folder / "whole"
    _write_bag(whole)
    (content,) = (path.read_bytes() for path in whole.glob("*.mcap"))
    room = folder / "room"

    def read(data: bytes) -> None:
        shutil.rmtree(room, ignore_errors=True)
        (room / "bag").mkdir(parents=True)
        (room / "bag" / "bag.mcap").write_bytes(data)
        bag_repair.repair(room / "bag")

    unfinished = content[: -len(content) // 50]  # without the index at its end
    return Target(read, (content, unfinished), (b"\x06", b"\x05", b"zstd", b"cdr", b"/robot/odom"))


TYPES = {
    "joint_states": "sensor_msgs/msg/JointState",
    "imu/data": "sensor_msgs/msg/Imu",
    "instruction": "std_msgs/msg/String",
    "gait_command": "std_msgs/msg/Float64MultiArray",
    "camera/image_raw": "sensor_msgs/msg/Image",
}
PICTURES, PERIOD_NS = 3, 100_000_000


def _write_bag(path: Path) -> None:
    """Write a bag of some pictures, with state, words and a plan before them."""
    store = get_typestore(Stores.ROS2_JAZZY)
    topics = {f"/robot/{name}": kind for name, kind in TYPES.items()}
    writer = BagWriter(path, topics, 100)
    made = _messages(store, 0)
    first = [(name, made[name]) for name in TYPES if name != "camera/image_raw"]
    pictures = [
        ("camera/image_raw", _messages(store, number * PERIOD_NS)["camera/image_raw"])
        for number in range(PICTURES)
    ]
    for number, (name, message) in enumerate([*first, *pictures]):
        data = bytes(store.serialize_cdr(message, TYPES[name]))
        writer.put(f"/robot/{name}", 10**9 + number, data)
    writer.close()


def _messages(store: Typestore, nanoseconds: int) -> dict[str, object]:
    """Return a message of each topic, stamped one second and some nanoseconds."""
    types = store.types
    stamp = types["builtin_interfaces/msg/Time"](1, nanoseconds)
    header = types["std_msgs/msg/Header"](stamp, "base")
    vector = types["geometry_msgs/msg/Vector3"](0.0, 0.0, 9.81)
    turn = types["geometry_msgs/msg/Quaternion"](0.0, 0.0, 0.0, 1.0)
    nine, twelve = np.zeros(9), np.zeros(12)
    pixels = np.zeros(3 * WIDTH * HEIGHT, np.uint8)
    packet = codec.encode_chunk(_chunk())
    dimension = types["std_msgs/msg/MultiArrayDimension"]
    dims = [dimension(label, 1, 1) for label in packet.labels]
    layout = types["std_msgs/msg/MultiArrayLayout"](dims, 0)
    picture = (header, HEIGHT, WIDTH, "rgb8", 0, 3 * WIDTH, pixels)
    contents: dict[str, tuple[Any, ...]] = {
        "joint_states": (header, list(DEFAULT_ROBOT.joint_names), twelve, twelve, twelve),
        "imu/data": (header, turn, nine, vector, nine, vector, nine),
        "instruction": ("go to the red ball",),
        "gait_command": (layout, np.array(packet.data)),
        "camera/image_raw": picture,
    }
    return {name: types[TYPES[name]](*content) for name, content in contents.items()}


def _chunk() -> GaitChunk:
    return GaitChunk(1.0, np.tile(GaitCommand().to_array(), (3, 1)), 0.1)
