"""The Go2's URDF beside its MJCF, which is the oracle."""

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.sim.isaacgym.asset import Asset
from canter.sim.isaacgym.structs import AssetOptions
from canter.sim.isaacgym.urdf import load_urdf
from canter.sim.isaacgym.world import Placed, WorldParams, build_world
from canter.sim.robots.equip import robot_model_spec
from canter.sim.robots.registry import robot_urdf

GO2_URDF = robot_urdf(GO2)
LEGS = ("FL", "FR", "RL", "RR")

Float = NDArray[np.float64]


def go2(*, capsules: bool = True) -> Asset:
    options = AssetOptions()
    options.collapse_fixed_joints = True
    options.replace_cylinder_with_capsule = capsules
    return load_urdf(GO2_URDF.parent, GO2_URDF.name, options)


def model_of(asset: Asset) -> mujoco.MjModel:
    identity = np.array([1.0, 0.0, 0.0, 0.0])
    return build_world(
        [Placed(asset, "go2", np.zeros(3), identity)], None, WorldParams(0.005)
    ).model


def bare_mjcf() -> mujoco.MjModel:
    """Return the MJCF's model without the rotors' inertia, which URDF cannot say."""
    model: mujoco.MjModel = robot_model_spec(GO2).compile()
    model.dof_armature[:] = 0
    return model


def posed(model: mujoco.MjModel, qpos: Float) -> mujoco.MjData:
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_forward(model, data)
    return data


def mass_matrix(model: mujoco.MjModel, qpos: Float) -> Float:
    full = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, posed(model, qpos), full)
    return full


def qpos_of(joints: Float) -> Float:
    return np.concatenate([[0.1, -0.2, 0.3, 0.8, 0.0, 0.6, 0.0], joints])


def test_bodies_and_joints_are_in_isaacs_order_and_feet_are_kept() -> None:
    asset = go2()
    links = [f"{leg}_{part}" for leg in LEGS for part in ("hip", "thigh", "calf", "foot")]
    assert asset.body_names == ["base", *links]
    assert tuple(asset.dof_names) == GO2.joint_names
    assert asset.notes == ()


def test_limits_are_the_robots() -> None:
    joints = go2().joints
    for name, wanted in {
        "lower": GO2.q_min,
        "upper": GO2.q_max,
        "effort": GO2.tau_max,
        "velocity": GO2.qd_max,
    }.items():
        np.testing.assert_array_equal([getattr(joint, name) for joint in joints], wanted)


def test_it_weighs_what_the_mjcf_weighs_link_by_link() -> None:
    asset, mjcf = go2(), bare_mjcf()
    assert asset.total_mass == pytest.approx(mjcf.body("base").subtreemass[0], rel=1e-9)
    masses = {body.name: body.inertial.mass for body in asset.bodies}
    for leg in LEGS:
        masses[f"{leg}_calf"] += masses.pop(f"{leg}_foot")
    for name, mass in masses.items():
        assert mass == pytest.approx(mjcf.body(name).mass[0], rel=1e-9)


def test_feet_are_where_the_mjcf_has_them() -> None:
    mjcf, urdf = bare_mjcf(), model_of(go2())
    qpos = qpos_of(GO2.default_q)
    theirs, ours = posed(mjcf, qpos), posed(urdf, qpos)
    for foot in GO2.foot_names:
        np.testing.assert_allclose(ours.body(f"go2/{foot}").xpos, theirs.geom(foot).xpos, atol=1e-9)


def test_mass_matrix_is_the_mjcfs_at_random_poses() -> None:
    mjcf, urdf = bare_mjcf(), model_of(go2())
    rng = np.random.default_rng(0)
    for _ in range(20):
        qpos = qpos_of(rng.uniform(GO2.q_min, GO2.q_max))
        theirs, ours = (mass_matrix(m, qpos) for m in (mjcf, urdf))
        scale = np.sqrt(np.diag(theirs))
        assert (np.abs(ours - theirs) / np.outer(scale, scale)).max() < 1e-4


@pytest.mark.parametrize(("capsules", "differing"), [(True, "hip"), (False, "calf")])
def test_shapes_are_the_mjcfs_but_for_how_cylinders_end(capsules: bool, differing: str) -> None:
    mjcf, urdf = bare_mjcf(), model_of(go2(capsules=capsules))
    theirs = shapes(mjcf, posed(mjcf, qpos_of(GO2.default_q)))
    ours = shapes(urdf, posed(urdf, qpos_of(GO2.default_q)))
    assert len(ours) == len(theirs) == 18
    for (name, kind, numbers), (own_name, own_kind, own_numbers) in zip(theirs, ours, strict=True):
        assert own_name in (name, name.replace("calf", "foot"))
        np.testing.assert_allclose(own_numbers, numbers, atol=1e-6)
        assert (own_kind == kind) == (differing not in own_name)


def shapes(model: mujoco.MjModel, data: mujoco.MjData) -> list[tuple[str, int, Float]]:
    """Return body, type, and size, place and axis up to its sign of the robot's shapes."""
    found = []
    for geom in range(model.ngeom):
        body = model.body(model.geom_bodyid[geom]).name.removeprefix("go2/")
        if body != "world":
            axis = data.geom_xmat[geom].reshape(3, 3)[:, 2]
            place = np.concatenate([model.geom_size[geom], data.geom_xpos[geom], np.abs(axis)])
            kind = int(model.geom_type[geom])
            if kind == mujoco.mjtGeom.mjGEOM_SPHERE:
                place = place[:6]
            found.append((body, kind, place))
    return found
