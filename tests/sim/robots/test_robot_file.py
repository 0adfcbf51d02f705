"""Robots from files: any model with twelve leg joints, and what refuses the others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from canter.control.errors import CanterError
from canter.control.robot import JOINT_NAMES, LEGS
from canter.sim.robots.registry import file_of, robot, robot_file, robot_urdf
from canter.sim.robots.stand import stand

A1_FILE = robot_file("a1").path


def content() -> dict[str, Any]:
    """Return the A1's description as plain values."""
    loaded: dict[str, Any] = yaml.safe_load(A1_FILE.read_text(encoding="utf-8"))
    return loaded


def written(folder: Path, values: dict[str, Any], model: str | None = None) -> Path:
    """Write a robot.yaml and its model."""
    text = robot_file("a1").model.read_text(encoding="utf-8") if model is None else model
    (folder / values["model"]).write_text(text, encoding="utf-8")
    path = folder / "robot.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def with_change(*keys: str, value: object) -> dict[str, Any]:
    """Return the description with one value changed, or with it removed for None."""
    values = content()
    *above, last = keys
    inner = values
    for key in above:
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return values


def test_a_robot_of_ones_own_is_found_by_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, with_change("name", value="mine"))
    mine = robot(path)
    assert (mine.name, mine.file) == ("mine", path)
    np.testing.assert_array_equal(mine.tau_max, robot("a1").tau_max)
    assert stand(mine, 0.5).height[-1] > 0.9 * mine.standing_height


def test_foreign_names_are_mapped_by_the_file(tmp_path: Path) -> None:
    text = robot_file("a1").model.read_text(encoding="utf-8")
    values = content()
    for leg, foreign in zip(LEGS, ("LF", "RF", "LH", "RH"), strict=True):
        text = text.replace(f"{leg}_", f"{foreign}_")
        values["joints"][leg] = [f"{foreign}_{part}_joint" for part in ("hip", "thigh", "calf")]
        values["feet"][leg] = f"{foreign}_foot"
    there = robot(written(tmp_path, values, text))
    assert there.joint_names == JOINT_NAMES
    assert there.tree == robot("a1").tree


def test_a_foot_may_be_named_by_its_body(tmp_path: Path) -> None:
    values = content()
    values["feet"] = {leg: f"{leg}_calf" for leg in LEGS}
    assert robot(written(tmp_path, values)).tree == robot("a1").tree


def test_a_model_in_degrees_gets_the_same_limits(tmp_path: Path) -> None:
    text = robot_file("a1").model.read_text(encoding="utf-8")
    path = written(tmp_path, content(), text.replace('angle="radian"', 'angle="degree"'))
    degrees = stand(robot(path), 0.5)
    np.testing.assert_allclose(degrees.height, stand(robot("a1"), 0.5).height, atol=1e-9)


def test_units_may_be_others_of_the_same_kind(tmp_path: Path) -> None:
    values = with_change("default_pose", value={"hip": "0 deg", "thigh": "51.5662 deg", "calf": -1})
    values["default_pose"]["calf"] = "-1.8 rad"
    values["standing_height"], values["limits"]["velocity"] = "268.64 mm", "200.535 rpm"
    found = robot(written(tmp_path, values))
    assert found.default_q[1] == pytest.approx(0.9, abs=1e-5)
    assert found.standing_height == pytest.approx(0.26864)
    assert found.qd_max[0] == pytest.approx(21.0, abs=1e-3)


def test_a_urdf_is_the_same_robot_as_its_mjcf(tmp_path: Path) -> None:
    go2 = robot("go2")
    values = yaml.safe_load(file_of(go2).path.read_text(encoding="utf-8"))
    values |= {"name": "from_urdf", "model": "go2.urdf"}
    del values["urdf"]
    values["joint_dynamics"] = {"armature": "0.01 kg m^2", "damping": "0.1 Nm s/rad"}
    values["joint_dynamics"]["frictionloss"] = "0.2 Nm"
    path = written(tmp_path, values, robot_urdf(go2).read_text(encoding="utf-8"))
    found = robot(path)
    assert robot_urdf(found) == path.parent / "go2.urdf"
    for ours, theirs in zip(found.tree.links, go2.tree.links, strict=True):
        assert (ours.joint, ours.armature) == (theirs.joint, theirs.armature)
        np.testing.assert_allclose(ours.origin, theirs.origin, atol=1e-9)
        np.testing.assert_allclose(ours.inertia.com, theirs.inertia.com, atol=1e-6)
        np.testing.assert_allclose(ours.inertia.matrix(), theirs.inertia.matrix(), atol=2e-6)
    np.testing.assert_allclose(stand(found).height[-1], stand(go2).height[-1], atol=0.002)


BAD: list[tuple[tuple[str, ...], object, str]] = [
    (("joints", "RL"), ["FL_hip_joint", "RL_thigh_joint", "RL_calf_joint"],
     "joints: 'FL_hip_joint' is there twice"),
    (("joints", "RL"), ["RL_hip_joint", "RL_thigh_joint"], "joints.RL: expected .hip, thigh, calf"),
    (("joints", "RR"), None, "joints: RR missing"),
    (("joints", "FL"), ["FL_hipp_joint", "FL_thigh_joint", "FL_calf_joint"],
     "no joint 'FL_hipp_joint'; did you mean 'FL_hip_joint'"),
    (("feet", "RR"), None, "feet: RR missing"),
    (("feet", "RR"), "RR_fot", "no foot 'RR_fot'; did you mean 'RR_foot'"),
    (("feet", "RR"), "FL_foot", "'FL_foot' is there twice"),
    (("feet", "RR"), "RR_thigh", "'RR_thigh' has 0 spheres"),
    (("feet", "RR"), "trunk", "foot 'trunk' is no sphere"),
    (("gains", "kp"), 60, "gains.kp: 60 has no unit; write '60 Nm/rad'"),
    (("gains", "kp"), "60 Nm", "'60 Nm' is in 'Nm'; write it in Nm/rad"),
    (("gains", "kd"), None, "gains: kd missing"),
    (("gains", "kp"), "-60 Nm/rad", "kp of FL_hip_joint, -60, is not above 0"),
    (("gains", "kq"), "1 Nm/rad", "gains: unknown key 'kq'; choices: kp, kd"),
    (("limts",), {}, "unknown key 'limts'; did you mean 'limits'"),
    (("standing_height",), "0.27", "standing_height: 0.27 has no unit"),
    (("standing_height",), "high m", "'high m' is no number with its unit"),
    (("standing_height",), [1], "expected a number with its unit"),
    (("limits", "position", "hip"), "0.5 rad", "limits.position.hip: expected .lowest, highest"),
    (("limits", "position", "hip"), ["1 rad", "0 rad"], "1 rad, is not below the highest, 0 rad"),
    (("limits", "torque"), {"hip": "3 Nm", "thigh": "3 Nm"}, "limits.torque: calf missing"),
    (("limits", "torque"), {"hip": "3 Nm", "thigh": "3 Nm", "calf": {"FL": "3 Nm"}},
     "limits.torque.calf: FR, RL, RR missing"),
    (("default_pose", "calf"), "1 rad", "default_q of FL_calf_joint, 1, is outside the joint's"),
    (("camera", "position"), ["1 m"], "camera.position: expected .x, y, z"),
    (("model",), "none.xml", "model: there is no file .*none.xml"),
    (("name",), 5, "name: expected a name, got 5"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "value", "message"), BAD, ids=[case[-1] for case in BAD])
def test_what_is_wrong_is_named(
    tmp_path: Path, keys: tuple[str, ...], value: object, message: str
) -> None:
    values = with_change(*keys, value=value)
    path = written(tmp_path, values | {"model": "a1.xml"})
    if keys == ("model",):
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(CanterError, match=message) as raised:
        robot(path)
    assert "\n" not in str(raised.value)


def test_a_key_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, content())
    path.write_text(path.read_text(encoding="utf-8") + "mass: 3 kg\n", encoding="utf-8")
    with pytest.raises(CanterError, match=r"robot.yaml: 'mass' is there twice .* line 1"):
        robot(path)


ARM = '<body name="arm"><joint name="arm_joint"/><geom size="0.1" mass="1"/></body>'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '<geom name="head"',
            f'{ARM}<geom name="head"',
            "moves by 13 joints.*make arm_joint fixed",
        ),
        ('<joint name="FL_hip_joint" class="hip_joint"/>', "", "no joint 'FL_hip_joint'; did you"),
        ("<worldbody>", "<worldbody", "MuJoCo cannot read it"),
        ('name="FL_hip_joint" class', 'name="FL_hip_joint" type="ball" class', "is no hinge"),
        ('mass="1.013"', 'mass="0" ', "MuJoCo cannot build a1.xml"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = robot_file("a1").model.read_text(encoding="utf-8")
    assert old in text
    path = written(tmp_path, content(), text.replace(old, new))
    with pytest.raises(CanterError, match=message) as raised:
        robot(path)
    assert str(path) in str(raised.value)


def test_joints_of_another_leg_are_refused(tmp_path: Path) -> None:
    values = content()
    fl, fr = values["joints"]["FL"], values["joints"]["FR"]
    values["joints"] |= {"FL": [fl[0], fr[1], fr[2]], "FR": [fr[0], fl[1], fl[2]]}
    with pytest.raises(CanterError, match="FL_thigh_joint hangs on 'FR_hip'"):
        robot(written(tmp_path, values))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("go3", "no robot 'go3'; did you mean 'go2'"),
        ("spot", "no robot 'spot'; choices: a1, anymal_c, go2"),
        ("../robots/a1", "no robot"),
        ("none/robot.yaml", "cannot be read"),
    ],
)
def test_unknown_robots_are_refused(name: str, message: str) -> None:
    with pytest.raises(CanterError, match=message):
        robot(name)


def test_a_robot_without_urdf_says_so() -> None:
    with pytest.raises(CanterError, match=r"robot 'a1' has no URDF; name one in .*robot\.yaml"):
        robot_urdf(robot("a1"))
