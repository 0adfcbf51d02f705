"""A bag as a data set: the same schema as collected episodes, values by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rosbags", reason="needs rosbags, of the extra data")
pytest.importorskip("pyarrow", reason="needs pyarrow, of the extra data")

from rosbags.typesys import Stores, get_typestore

from canter.cli import EXIT_BAD_INPUT, main
from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.robot import GO2
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.features import ACTION_CHUNK, STATE, STATE_LAYOUT, values_of
from canter.datasets.lerobot.reader import Dataset
from canter.ros.bag_dataset import convert
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages.packet import Packet
from canter.ros_nodes.recording.bag_writer import BagWriter
from canter.vla.config import CAMERA
from tests.control.states import standing

STORE: Any = get_typestore(Stores.ROS2_JAZZY)
TOPICS = {
    "/camera/image_raw": "sensor_msgs/msg/Image",
    "/camera/camera_info": "sensor_msgs/msg/CameraInfo",
    "/instruction": "std_msgs/msg/String",
    "/gait_command": "std_msgs/msg/Float64MultiArray",
    "/joint_states": "sensor_msgs/msg/JointState",
    "/imu/data": "sensor_msgs/msg/Imu",
    "/robot_state": "std_msgs/msg/Float64MultiArray",
}
PERIOD = 0.2
WORDS = ("go to the red ball", "go to the blue cube")


def new(kind: str, *values: Any) -> Any:  # noqa: ANN401 - made by rosbags
    return STORE.types[kind](*values)


def header(time: float) -> Any:  # noqa: ANN401
    seconds, rest = divmod(round(time * 1e9), 10**9)
    return new("std_msgs/msg/Header", new("builtin_interfaces/msg/Time", seconds, rest), "base")


def packet(found: Packet) -> Any:  # noqa: ANN401
    labels = [new("std_msgs/msg/MultiArrayDimension", label, 0, 0) for label in found.labels]
    layout = new("std_msgs/msg/MultiArrayLayout", labels, 0)
    return new("std_msgs/msg/Float64MultiArray", layout, np.asarray(found.data, np.float64))


def vector(x: float, y: float, z: float) -> Any:  # noqa: ANN401
    return new("geometry_msgs/msg/Vector3", x, y, z)


class Bag:
    """A bag on its way."""

    def __init__(self, path: Path) -> None:
        self._writer = BagWriter(path, TOPICS, 1000)
        self._stamp = 0

    def put(self, topic: str, message: Any) -> None:  # noqa: ANN401
        self._stamp += 1
        data = bytes(STORE.serialize_cdr(message, TOPICS[topic]))
        self._writer.put(topic, self._stamp, data)

    def picture(self, time: float, gyros: tuple[float, ...], planned: float | None) -> None:
        """Take a picture after some readings of the gyro, answered by a plan with this speed."""
        turned = tuple(reversed(GO2.joint_names))
        angles, still = GO2.default_q[::-1].copy(), np.zeros(12)
        state = new("sensor_msgs/msg/JointState", header(time), list(turned), angles, still, still)
        self.put("/joint_states", state)
        covariance, upright = np.zeros(9), new("geometry_msgs/msg/Quaternion", 0.0, 0.0, 0.0, 1.0)
        for wz in gyros:
            told = (upright, covariance, vector(0.0, 0.0, wz), covariance)
            weight = (vector(0.0, 0.0, 9.81), covariance)
            self.put("/imu/data", new("sensor_msgs/msg/Imu", header(time), *told, *weight))
        self.put("/robot_state", packet(codec.encode_state(standing())))
        size, grey = (CAMERA.height, CAMERA.width), np.full(CAMERA.shape, 90, np.uint8)
        image = (*size, "rgb8", 0, 3 * CAMERA.width, grey.ravel())
        self.put("/camera/image_raw", new("sensor_msgs/msg/Image", header(time), *image))
        if planned is not None:
            commands = np.tile(GaitCommand(vx=planned).to_array(), (10, 1)).astype(float)
            commands[:, GAIT_LAYOUT["wz"]] = 0.1 * np.arange(10)[:, None]
            self.put("/gait_command", packet(codec.encode_chunk(GaitChunk(time, commands))))

    def say(self, words: str) -> None:
        self.put("/instruction", new("std_msgs/msg/String", words))

    def close(self) -> None:
        self._writer.close()
        assert not self._writer.problem


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six pictures under one instruction, one of them unanswered; a gap; three under another."""
    path = tmp_path_factory.mktemp("bags") / "bag"
    made = Bag(path)
    made.picture(9.6, (0.0,), None)  # before it was told anything
    made.say(WORDS[0])
    made.picture(9.8, (0.0,), None)  # not answered yet
    for k in range(6):
        made.picture(10.0 + k * PERIOD, (0.1 * k, 0.3 * k), None if k == 2 else 0.1 * k)
    for k in range(2):
        made.picture(20.0 + k * PERIOD, (0.0,), 0.5)
    made.say(WORDS[1])
    for k in range(3):
        made.picture(20.0 + (2 + k) * PERIOD, (0.0,), 0.6)
    made.close()
    return path


def test_a_bag_becomes_a_data_set_without_faults(bag: Path, tmp_path: Path) -> None:
    convert(bag, tmp_path / "set")
    assert check(tmp_path / "set") == []
    dataset = Dataset(tmp_path / "set")
    assert dataset.info.fps == 5
    assert dataset.info.camera.shape == CAMERA.shape
    assert [e.length for e in dataset.entries] == [6, 2, 3]
    assert [e.record.instruction for e in dataset.entries] == [WORDS[0], WORDS[0], WORDS[1]]
    record = dataset.entries[2].record
    assert (record.family, dict(record.words)) == ("go_to", {"colour": "blue", "shape": "cube"})
    assert (record.driver, record.split, record.reason) == ("robot", "recorded", "not judged")
    told = {"expert_action", "expert_action.chunk", "referents", "truth.base_pose"}
    assert not told & set(dataset.info.features)
    assert np.abs(dataset.images(dataset.entries[0]).astype(int) - 90).max() <= 3


def test_values_of_an_episode_by_hand(bag: Path, tmp_path: Path) -> None:
    convert(bag, tmp_path / "set")
    dataset = Dataset(tmp_path / "set")
    table = dataset.frames(dataset.entries[0])
    state = STATE_LAYOUT.unpack(values_of(table, STATE))
    assert state["q"] == pytest.approx(np.tile(GO2.default_q, (6, 1)), abs=1e-6)
    assert state["gyro"][1:, 2] == pytest.approx([0.2 * k for k in range(1, 6)])
    assert state["gravity"] == pytest.approx(np.tile([0.0, 0.0, -1.0], (6, 1)))
    assert (state["foot_contact"] == 1).all()
    plans = values_of(table, ACTION_CHUNK).reshape(6, 10, 12)
    speeds, turns = (plans[..., GAIT_LAYOUT[name]][..., 0] for name in ("vx", "wz"))
    assert speeds[:, 0] == pytest.approx([0.0, 0.1, 0.1, 0.3, 0.4, 0.5])
    assert turns[1] == pytest.approx(0.1 * np.arange(10))
    assert turns[2, :8] == pytest.approx(0.1 * np.arange(2, 10))  # what was left of the last
    assert speeds[2, 9] == 0.0  # the last plan is over a second old by then: it stands
    assert values_of(table, "action") == pytest.approx(plans[:, 0])


def test_what_cannot_be_a_data_set_is_told(
    bag: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Bag(tmp_path / "silent")
    made.say(WORDS[0])
    made.picture(10.0, (0.0,), None)
    made.close()
    with pytest.raises(CanterError, match="no gait_command"):
        convert(tmp_path / "silent", tmp_path / "none")
    assert main(["ros", "bag", str(bag), str(tmp_path / "set")]) == 0
    assert main(["ros", "bag", str(bag), str(tmp_path / "set")]) == EXIT_BAD_INPUT
    assert "holds a data set already" in " ".join(capsys.readouterr().err.split())
    words = ["train", "vla", "--preset", "debug", "--data", str(tmp_path / "set")]
    assert main([*words, "--out", str(tmp_path / "run")]) == EXIT_BAD_INPUT
    assert "no labels to learn from" in " ".join(capsys.readouterr().err.split())
