"""What other programs read of the graph (Nav2, Foxglove, RViz): every name in it is the graph's.

None of these programs is here: their files are held against the graph's own tables, and against the
message definitions that rosbags ships.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from canter.control.avoidance.footprint import Footprint
from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.ros_nodes.graph.settings import LOCOMOTION
from canter.ros_nodes.graph.topics import TOPICS

pytest.importorskip("rosbags", reason="the extra [data] is not installed")

from rosbags.typesys import Stores, get_typestore

CONFIG = Path(__file__).parents[2] / "ros_nodes" / "config"
NAV2 = yaml.safe_load((CONFIG / "nav2.yaml").read_text(encoding="utf-8"))
RVIZ = yaml.safe_load((CONFIG / "canter.rviz").read_text(encoding="utf-8"))
FOXGLOVE = json.loads((CONFIG / "foxglove.json").read_text(encoding="utf-8"))
FRAMES = {"odom", "base_link"}
"""That the robot's transforms connect."""


def pairs(tree: Any, name: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - of YAML
    """Yield every key with its value, however deep."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key, value
            yield from pairs(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield name, value
            yield from pairs(value, name)


def nav2(node: str) -> dict[str, Any]:
    """Return the parameters of a node of Nav2."""
    inner = NAV2[node].get(node, NAV2[node])
    found: dict[str, Any] = inner["ros__parameters"]
    return found


def test_navigation_knows_no_frame_but_the_robots() -> None:
    frames = [
        value
        for key, value in pairs(NAV2)
        if key in {"global_frame", "local_frame", "fixed_frame", "sensor_frame"}
        or key.endswith(("base_frame", "frame_id"))
    ]
    assert len(frames) >= 12
    assert set(frames) == FRAMES


def test_navigation_reads_and_writes_the_graphs_topics() -> None:
    odom = [value for key, value in pairs(NAV2) if key == "odom_topic"]
    assert set(odom) == {"odom"}
    assert TOPICS["odom"].type == "nav_msgs/Odometry"
    sources = [value for key, value in pairs(NAV2) if key == "points" and isinstance(value, dict)]
    assert len(sources) == 3
    assert {source["topic"] for source in sources} == {"points"}
    assert TOPICS["points"].type == "sensor_msgs/PointCloud2"
    assert {s.get("data_type", "PointCloud2") for s in sources} == {"PointCloud2"}
    assert nav2("collision_monitor")["cmd_vel_out_topic"] == "cmd_vel"
    stamped = [value for key, value in pairs(NAV2) if key == "enable_stamped_cmd_vel"]
    assert stamped == [True] * 5
    assert "geometry_msgs/TwistStamped" in TOPICS["cmd_vel"].type


def test_navigation_leaves_the_robot_its_room() -> None:
    room = Footprint.of(GO2)
    for costmap in ("local_costmap", "global_costmap"):
        x, y = np.array(json.loads(nav2(costmap)["footprint"])).T
        for edge, reach in ((x.max(), room.front), (-x.min(), room.back), (y.max(), room.side)):
            assert reach <= edge <= reach + 0.05
        assert y.min() == -y.max()


def test_navigation_asks_for_what_the_policy_walks_often_enough() -> None:
    policy = LocomotionPolicy(OnnxSession(shipped_policy(GO2.name, "gait")))
    ranges = policy.contract.command_ranges
    smoother, path = nav2("velocity_smoother"), nav2("controller_server")["FollowPath"]
    for i, name in enumerate(("vx", "vy", "wz")):
        low, high = ranges[name]
        assert low <= smoother["min_velocity"][i] < smoother["max_velocity"][i] <= high
    assert (path["vx_min"], path["vx_max"]) == (
        smoother["min_velocity"][0],
        smoother["max_velocity"][0],
    )
    assert (path["vy_max"], path["wz_max"]) == tuple(smoother["max_velocity"][1:])
    silence = float(LOCOMOTION["command_timeout_s"].default)
    rates = nav2("controller_server")["controller_frequency"], smoother["smoothing_frequency"]
    assert min(rates) >= 5 / silence  # several may be lost
    assert max(rates) <= 50.0  # no more than robot_state, by which the robot obeys
    assert smoother["velocity_timeout"] <= silence
    horizon = path["time_steps"] * path["model_dt"]
    assert horizon * path["vx_max"] < 0.5 * nav2("local_costmap")["width"]


def field_of(topic: str, path: str) -> str:
    """Return the type of a field of a topic's messages; fails where there is none."""
    store: Any = get_typestore(Stores.ROS2_JAZZY)
    package, _, name = TOPICS[topic].type.partition(",")[0].partition("/")
    kind = f"{package}/msg/{name}"
    for part in re.split(r"[.\[]", path.replace("]", "")):
        if part.isdecimal():
            continue
        named, what = next(f for f in store.fielddefs[kind][1] if f[0] == part)[:2]
        assert named == part
        kind = what[1] if isinstance(what[1], str) else str(what[1][0])
    return kind


def test_foxglove_shows_topics_that_exist_and_fields_that_they_have() -> None:
    configs = FOXGLOVE["configById"]
    shown = [v for key, v in pairs(FOXGLOVE["layout"]) if key in {"first", "second"}]
    assert {name for name in shown if isinstance(name, str)} == set(configs)
    curves = [v for key, v in pairs(configs) if key == "value" and str(v).startswith("/")]
    assert len(curves) == 8
    for curve in curves:
        topic, _, path = curve.lstrip("/").partition(".")
        assert field_of(topic, path) in {"float64", "float32"} or "float" in field_of(topic, path)
    eye = configs["Image!eye"]["imageMode"]
    named = [eye["imageTopic"], eye["calibrationTopic"], *configs["3D!body"]["topics"]]
    named += [configs["RawMessages!words"]["topicPath"]]
    assert {name.lstrip("/") for name in named} <= TOPICS.keys()
    assert configs["DiagnosticSummary!nodes"]["topicToRender"] in TOPICS
    assert {
        configs["3D!body"]["followTf"],
        configs["3D!body"]["layers"]["grid"]["frameId"],
    } == FRAMES


def test_a_field_that_does_not_exist_is_found() -> None:
    assert field_of("odom", "twist.twist.linear.x") == "float64"
    with pytest.raises(StopIteration):
        field_of("odom", "twist.linear.x")


DISPLAYS = {
    "Odometry": "nav_msgs/Odometry",
    "PointCloud2": "sensor_msgs/PointCloud2",
    "Image": "sensor_msgs/Image",
    "RobotModel": "std_msgs/String",
}
"""RViz's displays of a topic, and what they understand."""


def test_rviz_shows_topics_of_the_right_type_and_can_hear_them() -> None:
    manager = RVIZ["Visualization Manager"]
    assert manager["Global Options"]["Fixed Frame"] in FRAMES
    assert manager["Views"]["Current"]["Target Frame"] in FRAMES
    shown = {display["Class"].partition("/")[2]: display for display in manager["Displays"]}
    assert DISPLAYS.keys() <= shown.keys()
    for name, kind in DISPLAYS.items():
        topic = shown[name].get("Topic") or shown[name]["Description Topic"]
        entry = TOPICS[topic["Value"]]
        assert entry.type == kind
        latched = topic["Durability Policy"] == "Transient Local"
        assert latched == (entry.qos == "latched")
