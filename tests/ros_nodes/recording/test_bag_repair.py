"""A bag whose recorder was killed at any byte: what was whole is there again."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rosbags", reason="the extra [data] is not installed")

from rosbags.highlevel import AnyReader
from rosbags.interfaces import QosDurability
from rosbags.typesys import Stores, get_typestore

from canter.control.errors import CanterError
from canter.ros_nodes.messages.mounts import mounts
from canter.ros_nodes.recording.bag_episode import read_episodes
from canter.ros_nodes.recording.bag_repair import repair
from canter.ros_nodes.recording.bag_writer import FLUSH_S, BagWriter
from canter.ros_nodes.recording.derived_transforms import KIND, ODOMETRY, DerivedTransforms

STORE: Any = get_typestore(Stores.ROS2_JAZZY)
TOPICS = {"/words": "std_msgs/msg/String", "/robot_description": "std_msgs/msg/String"}


def text(words: str) -> bytes:
    return bytes(
        STORE.serialize_cdr(STORE.types["std_msgs/msg/String"](data=words), TOPICS["/words"])
    )


def read(bag: Path) -> list[tuple[str, str]]:
    with AnyReader([bag], default_typestore=STORE) as reader:
        found = [
            (connection.topic, STORE.deserialize_cdr(data, connection.msgtype).data)
            for connection, _, data in reader.messages()
        ]
        assert all(c.msgtype == "std_msgs/msg/String" for c in reader.connections)
        return found


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A bag that was never closed, with its first messages on the disk."""
    bag = tmp_path / "bag"
    writer = BagWriter(bag, TOPICS, 100, {"/robot_description"})
    writer.put("/robot_description", 1, text("<robot/>"))
    for number in range(9):
        writer.put("/words", 2 + number, text(f"word {number}"))
    end = time.monotonic() + 10.0
    while (bag / "bag.mcap").stat().st_size < 1000:  # without a close
        assert time.monotonic() < end
        time.sleep(0.05)
    assert FLUSH_S < 2.0
    return bag


def test_what_reached_the_disk_is_read_again(killed: Path) -> None:
    with pytest.raises(CanterError, match="canter ros bag --repair"):
        read_episodes(killed)
    assert repair(killed) == 10
    assert read(killed) == [
        ("/robot_description", "<robot/>"), *(("/words", f"word {n}") for n in range(9)),
    ]  # fmt: skip
    with AnyReader([killed], default_typestore=STORE) as reader:
        (latched,) = [c for c in reader.connections if c.topic == "/robot_description"]
        extra: Any = latched.ext
        (offered,) = extra.offered_qos_profiles
        assert offered.durability is QosDurability.TRANSIENT_LOCAL
    assert (killed.with_name("bag.broken") / "bag.mcap").is_file()
    assert not killed.with_name("bag.mended").exists()


def test_a_bag_broken_at_any_byte_is_mended_or_refused(killed: Path, tmp_path: Path) -> None:
    whole = (killed / "bag.mcap").read_bytes()
    rng = np.random.default_rng(3)
    for number, size in enumerate(rng.integers(0, len(whole), 30)):
        bag = tmp_path / f"cut{number}"
        bag.mkdir()
        (bag / "cut.mcap").write_bytes(whole[:size])
        try:
            assert 0 < repair(bag) <= 10
        except CanterError as refusal:
            assert "MCAP" in str(refusal) or "no whole message" in str(refusal)
            assert (bag / "cut.mcap").read_bytes() == whole[:size]
        for place in rng.integers(0, len(whole), 3):  # and with bytes that are wrong
            odd = bytearray(whole)
            odd[place] ^= 0xFF
            bag = tmp_path / f"odd{number}-{place}"
            bag.mkdir()
            (bag / "odd.mcap").write_bytes(odd)
            try:
                repair(bag)
            except CanterError:
                assert (bag / "odd.mcap").read_bytes() == odd


def test_what_needs_no_repair_is_left_alone(tmp_path: Path) -> None:
    bag = tmp_path / "bag"
    writer = BagWriter(bag, TOPICS, 100)
    writer.put("/words", 1, text("word"))
    writer.close()
    with pytest.raises(CanterError, match="is whole"):
        repair(bag)
    with pytest.raises(CanterError, match=r"holds no \.mcap file"):
        repair(tmp_path / "nowhere")
    assert read(bag) == [("/words", "word")]


def test_derived_transforms_say_what_odometry_and_mounts_say() -> None:
    types = STORE.types
    point = types["geometry_msgs/msg/Point"](x=1.0, y=2.0, z=0.3)
    turn = types["geometry_msgs/msg/Quaternion"](x=0.0, y=0.0, z=0.6, w=0.8)
    zero = types["geometry_msgs/msg/Vector3"](x=0.0, y=0.0, z=0.0)
    header = types["std_msgs/msg/Header"](
        stamp=types["builtin_interfaces/msg/Time"](sec=7, nanosec=8), frame_id="odom"
    )
    pose = types["geometry_msgs/msg/Pose"](position=point, orientation=turn)
    twist = types["geometry_msgs/msg/Twist"](linear=zero, angular=zero)
    odometry = types[ODOMETRY](
        header=header,
        child_frame_id="base_link",
        pose=types["geometry_msgs/msg/PoseWithCovariance"](pose=pose, covariance=np.zeros(36)),
        twist=types["geometry_msgs/msg/TwistWithCovariance"](twist=twist, covariance=np.zeros(36)),
    )
    derived = DerivedTransforms()
    made = derived.moving(bytes(STORE.serialize_cdr(odometry, ODOMETRY)))
    (moving,) = STORE.deserialize_cdr(made, KIND).transforms
    assert (moving.header.frame_id, moving.child_frame_id) == ("odom", "base_link")
    assert (moving.header.stamp.sec, moving.header.stamp.nanosec) == (7, 8)
    at, turned = moving.transform.translation, moving.transform.rotation
    assert (at.x, at.y, at.z) == (1.0, 2.0, 0.3)
    assert (turned.z, turned.w) == (0.6, 0.8)
    fixed = STORE.deserialize_cdr(derived.fixed(3_000_000_004, mounts()), KIND).transforms
    assert {it.child_frame_id for it in fixed} == mounts().keys()
    assert {it.header.frame_id for it in fixed} == {"base_link"}
    for it in fixed:
        at = it.transform.translation
        assert (at.x, at.y, at.z) == pytest.approx(tuple(mounts()[it.child_frame_id][0]))
