"""The added robots' figures by hand arithmetic from what their makers publish."""

import mujoco
import numpy as np
import pytest

from canter.control.robot import LEGS, RobotSpec
from canter.sim.robots.equip import robot_model_spec
from canter.sim.robots.registry import robot

A1, ANYMAL = robot("a1"), robot("anymal_c")


def masses(spec: RobotSpec) -> dict[str, float]:
    """Return the mass of each body, kg, by name."""
    model: mujoco.MjModel = robot_model_spec(spec).compile()
    return {model.body(i).name: float(model.body_mass[i]) for i in range(1, model.nbody)}


def test_the_a1_weighs_what_its_parts_weigh() -> None:
    trunk, hip, thigh, calf, foot = 4.713, 0.696, 1.013, 0.166, 0.06
    found = masses(A1)
    assert found["base"] == pytest.approx(trunk)
    for leg in LEGS:
        parts = [found[f"{leg}_{part}"] for part in ("hip", "thigh", "calf")]
        assert parts == pytest.approx([hip, thigh, calf + foot])
    assert sum(found.values()) == pytest.approx(trunk + 4 * (hip + thigh + calf + foot))
    assert A1.mass == pytest.approx(12.453, abs=0.01)


def test_the_a1_stands_on_links_of_20_cm_that_lean_by_0_9_rad() -> None:
    assert A1.standing_height == pytest.approx(2 * 0.2 * np.cos(0.9) + 0.02, abs=1e-5)
    for name in ("FL", "RR"):
        front, left = (1 if name[0] == "F" else -1), (1 if name[1] == "L" else -1)
        model: mujoco.MjModel = robot_model_spec(A1).compile()
        data = mujoco.MjData(model)
        data.qpos[2] = A1.standing_height
        for joint, angle in zip(A1.joint_names, A1.default_q, strict=True):
            data.joint(joint).qpos[0] = angle
        mujoco.mj_kinematics(model, data)
        wanted = [front * 0.183, left * (0.047 + 0.08505), 0.02]
        np.testing.assert_allclose(data.site(f"{name}_foot").xpos, wanted, atol=1e-5)


def test_the_a1s_calf_counts_with_its_foot() -> None:
    calf = next(link for link in A1.tree.links if link.joint == "FL_calf_joint")
    centre = (0.166 * -0.107388 + 0.06 * -0.2) / 0.226
    assert calf.inertia.com[2] == pytest.approx(centre, abs=1e-6)
    about_y = (
        0.003014022
        + 0.166 * ((-0.107388 - centre) ** 2 + (0.006435 - 0.166 * 0.006435 / 0.226) ** 2)
        + 9.6e-6
        + 0.06 * ((-0.2 - centre) ** 2 + (0.166 * 0.006435 / 0.226) ** 2)
    )
    assert calf.inertia.moments[1] == pytest.approx(about_y, abs=1e-7)


def test_the_anymal_weighs_what_its_parts_weigh() -> None:
    # ANYbotics' URDF: what is fixed to the trunk, four hip drives among it, and three links a leg.
    trunk = (
        *(6.222, 0.534, 1.15, 0.3262, 0.314, 5.53425, 0.065, 0.01, 0.142),
        *2 * (0.73, 0.16043, 0.287),
        *2 * (0.16043,),
        *(0.545, 0.695),
        *4 * (2.04,),
    )
    hip, thigh, shank = 0.001 + 0.74 + 2.04, 0.001 + 1.03 + 2.04, 0.001 + 0.33742 + 0.25
    found = masses(ANYMAL)
    assert found["base"] == pytest.approx(sum(trunk), abs=1e-4)
    for leg in LEGS:
        parts = [found[f"{leg}_{part}"] for part in ("hip", "thigh", "calf")]
        assert parts == pytest.approx([hip, thigh, shank])
    assert sum(found.values()) == pytest.approx(sum(trunk) + 4 * (hip + thigh + shank), abs=1e-4)
    assert ANYMAL.mass == pytest.approx(52.13, abs=0.01)


def test_the_anymal_stands_where_two_leaning_links_put_it() -> None:
    lean = 0.4
    down = 0.285 * np.cos(lean) + 0.3155 * np.cos(lean) - 0.08795 * np.sin(lean)
    assert ANYMAL.standing_height == pytest.approx(down + 0.03, abs=1e-5)
    ahead = -0.285 * np.sin(lean) + 0.3155 * np.sin(lean) + 0.08795 * np.cos(lean)
    model: mujoco.MjModel = robot_model_spec(ANYMAL).compile()
    data = mujoco.MjData(model)
    for joint, angle in zip(ANYMAL.joint_names, ANYMAL.default_q, strict=True):
        data.joint(joint).qpos[0] = angle
    mujoco.mj_kinematics(model, data)
    foot = data.site("RL_foot").xpos - data.body("base").xpos
    sideways = 0.104 + 0.08381 + 0.1003 + 0.01305
    np.testing.assert_allclose(foot, [-(0.2999 + 0.0599 + ahead), sideways, -down], atol=1e-5)


@pytest.mark.parametrize(
    ("spec", "torque", "speed"), [(A1, 33.5, 21.0), (ANYMAL, 80.0, 7.5)], ids=["a1", "anymal_c"]
)
def test_drives_are_those_of_the_data_sheets(spec: RobotSpec, torque: float, speed: float) -> None:
    assert (spec.tau_max == torque).all()
    assert (spec.qd_max == speed).all()


def test_left_and_right_mirror_each_other() -> None:
    for spec in (A1, ANYMAL):
        links = {link.joint: link for link in spec.tree.links}
        for fore in "FR":
            for part in ("hip", "thigh", "calf"):
                left, right = (links[f"{fore}{side}_{part}_joint"] for side in "LR")
                mirror = np.diag([1.0, -1.0, 1.0])
                np.testing.assert_allclose(mirror @ left.origin, right.origin, atol=1e-12)
                np.testing.assert_allclose(mirror @ left.inertia.com, right.inertia.com, atol=1e-12)
                turned = mirror @ left.inertia.matrix() @ mirror
                np.testing.assert_allclose(turned, right.inertia.matrix(), atol=1e-12)
