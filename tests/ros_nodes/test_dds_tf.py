"""tf over DDS, where tf2_msgs is installed: the tree leads from odom to every frame in use."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nav_msgs.msg import Odometry

from canter.control.robot import GO2
from canter.sim.robots.equip import robot_model_spec
from canter.sim.scenes.visibility import rotation
from tests.ros_nodes.bench import Bench

tf2 = pytest.importorskip("tf2_msgs.msg", reason="make test-ros builds tf2_msgs")


def wxyz(transform: Any) -> list[float]:  # noqa: ANN401 - rclpy ships no types
    turn = transform.rotation
    return [turn.w, turn.x, turn.y, turn.z]


def xyz(vector: Any) -> list[float]:  # noqa: ANN401
    return [vector.x, vector.y, vector.z]


def test_the_tree_says_what_odometry_and_the_model_say(tmp_path: Path) -> None:
    moving: dict[tuple[int, int], Any] = {}
    mounted: dict[str, Any] = {}
    odometry: dict[tuple[int, int], Odometry] = {}

    def stamp(header: Any) -> tuple[int, int]:  # noqa: ANN401
        return header.stamp.sec, header.stamp.nanosec

    with Bench(tmp_path, nodes=("sim_node",)) as bench:
        bench.client.subscription(
            "tf",
            tf2.TFMessage,
            lambda message: moving.update({stamp(t.header): t for t in message.transforms}),
        )
        bench.client.subscription(
            "tf_static",
            tf2.TFMessage,
            lambda message: mounted.update({t.child_frame_id: t for t in message.transforms}),
        )
        bench.client.subscription(
            "odom", Odometry, lambda it: odometry.update({stamp(it.header): it})
        )
        bench.until(lambda: mounted and len(moving.keys() & odometry.keys()) > 5, 20.0)
    for time in moving.keys() & odometry.keys():
        transform, pose = moving[time], odometry[time].pose.pose
        assert (transform.header.frame_id, transform.child_frame_id) == ("odom", "base_link")
        assert xyz(transform.transform.translation) == xyz(pose.position)
        assert transform.transform.rotation == pose.orientation
    assert set(mounted) == {"base", "imu_link", "camera_optical_frame"}
    assert {it.header.frame_id for it in mounted.values()} == {"base_link"}
    camera = mounted["camera_optical_frame"].transform
    model = robot_model_spec(GO2).compile()
    lens = model.camera("front")
    right, up, back = rotation(lens.quat).T  # a MuJoCo camera looks along -z
    expected = np.stack([right, -up, -back], axis=1)
    np.testing.assert_allclose(rotation(np.array(wxyz(camera))), expected, atol=1e-9)
    np.testing.assert_allclose(xyz(camera.translation), GO2.camera_pos_b)
    imu = mounted["imu_link"].transform.translation
    np.testing.assert_allclose(xyz(imu), model.site("imu").pos)
