"""What messages leave out: covariances, frames that agree, bags that stand for themselves."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rosbags.highlevel import AnyReader
from rosbags.typesys import Stores, get_typestore
from sensor_msgs.msg import Imu

from tests.ros_nodes.bench import Bench, Values

NODES = ("sim_node", "safety_node", "locomotion_node", "controller_node", "recorder_node")
TURNED = (
    "start: [0.5, -0.5, 171]\nobjects: [{shape: ball, colour: red, size: 0.3, pose: [-3, 1, 0]}]"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("numbers")
    (made / "turned.yaml").write_text(TURNED)
    return made


@pytest.fixture(scope="module")
def bench(folder: Path) -> Iterator[Bench]:
    values: Values = {
        "recorder_node": {"folder": str(folder / "bags")},
        "sim_node": {"scene_file": str(folder / "turned.yaml")},
    }
    with Bench(folder / "logs", nodes=NODES, values=values) as bench:
        bench.stand()
        yield bench


def yaw(quat: object) -> float:
    w, x, y, z = (getattr(quat, name) for name in "wxyz")
    return float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))


def test_the_inertial_sensor_and_odometry_agree_on_yaw_and_say_how_sure_they_are(
    bench: Bench,
) -> None:
    imus: dict[float, Imu] = {}
    odometries: dict[float, Odometry] = {}

    def stamp(it: Imu | Odometry) -> float:
        return float(it.header.stamp.sec + 1e-9 * it.header.stamp.nanosec)

    node = bench.client.node
    made = (
        node.create_subscription(Imu, "imu/data", lambda it: imus.update({stamp(it): it}), 10),
        node.create_subscription(
            Odometry, "odom", lambda it: odometries.update({stamp(it): it}), 10
        ),
    )
    end = time.monotonic() + 20.0
    while len(imus.keys() & odometries.keys()) <= 60 and time.monotonic() < end:
        bench.drive(0.0, 0.6, 0.5)
    for subscription in made:
        node.destroy_subscription(subscription)
    common = imus.keys() & odometries.keys()
    assert len(common) > 20
    yaws = {at: yaw(imus[at].orientation) for at in common}
    for at, turned in yaws.items():
        assert yaw(odometries[at].pose.pose.orientation) == pytest.approx(turned, abs=1e-6)
    assert max(yaws.values()) - min(yaws.values()) > 0.2
    assert min(map(abs, yaws.values())) < 0.3  # of the start's frame, not of the scene's
    some = next(iter(common))
    pose, twist = odometries[some].pose, odometries[some].twist
    for covariance, axes in (
        (pose.covariance, 6), (twist.covariance, 6), (imus[some].orientation_covariance, 3),
        (imus[some].angular_velocity_covariance, 3), (imus[some].linear_acceleration_covariance, 3),
    ):  # fmt: skip
        matrix = np.array(covariance).reshape(axes, axes)
        assert (np.linalg.eigvalsh(matrix) > 1e-7).all()


def test_a_simulator_that_dies_is_the_cause_that_is_told(bench: Bench) -> None:
    heard: list[DiagnosticArray] = []
    bench.client.subscription("/diagnostics", DiagnosticArray, heard.append)
    bench.stand()
    bench.kill("sim_node")
    fault = bench.nodes["controller_node"]
    bench.until(lambda: fault.level == 2, 5.0)
    assert "stale state" in fault.message
    end = time.monotonic() + 5.0
    told = ""
    while "no measurement" not in told and "arrived" not in told:
        assert time.monotonic() < end, told
        bench.run(0.2)
        told = " ".join(status.message for status in heard[-1].status) if heard else ""
    bench.until(lambda: bench.supervisor.active, 60.0)
    bench.reset()
    bench.stand()


def test_a_bag_stands_for_itself_even_where_its_recorder_was_killed(
    bench: Bench, folder: Path
) -> None:
    bench.run(2.5)
    bag = min((folder / "bags").iterdir())
    bench.kill("recorder_node")
    bench.run(1.0)
    command = [sys.executable, "-m", "canter", "ros", "bag", str(bag)]
    subprocess.run([*command, "--repair"], check=True)
    with AnyReader([bag], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as reader:
        counts = {c.topic: c.msgcount for c in reader.connections}
        static: Any = next(
            reader.deserialize(data, c.msgtype)
            for c, _, data in reader.messages()
            if c.topic == "/tf_static"
        )
    assert counts["/tf"] > 50
    assert counts["/odom"] > 50
    assert counts["/robot_description"] >= 1
    assert {it.child_frame_id for it in static.transforms} >= {"base", "imu_link"}
