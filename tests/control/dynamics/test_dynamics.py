"""Kinematics and dynamics of the Go2 against MuJoCo's own on random states."""

import dataclasses

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.dynamics.dynamics import GRAVITY, LegDynamics
from canter.control.dynamics.inverse_kinematics import LegIk
from canter.control.dynamics.legs import Legs
from canter.control.dynamics.rotations import matrix_of_quat
from canter.control.dynamics.tree import Link
from canter.control.errors import CanterError
from canter.control.robot import GO2, RobotSpec
from canter.sim.robots.equip import robot_model_spec

Float = NDArray[np.float64]
COUNT = 20
BASE_ORDER = [3, 4, 5, 0, 1, 2]
"""Where our base's angular and linear rows stand in MuJoCo's free joint."""


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return robot_model_spec(GO2).compile()


@pytest.fixture(scope="module")
def states(model: mujoco.MjModel) -> list[mujoco.MjData]:
    """Random postures, orientations and speeds."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(COUNT):
        data = mujoco.MjData(model)
        quat = rng.normal(size=4)
        data.qpos[:] = [*rng.normal(size=3), *quat / np.linalg.norm(quat), *rng.uniform(-1, 1, 12)]
        data.qpos[7:] = rng.uniform(GO2.q_min, GO2.q_max)
        data.qvel[:] = rng.normal(size=model.nv) * 3
        mujoco.mj_forward(model, data)
        made.append(data)
    return made


def stacked(states: list[mujoco.MjData], name: str) -> Float:
    return np.stack([getattr(data, name).copy() for data in states])


def to_ours(states: list[mujoco.MjData]) -> Float:
    """Return what turns MuJoCo's generalised velocities into ours, (COUNT, 18, 18)."""
    turn = np.tile(np.eye(18), (COUNT, 1, 1))
    turn[:, :6, :6] = np.eye(6)[BASE_ORDER]
    turn[:, 3:6, :3] = np.swapaxes(matrix_of_quat(stacked(states, "qpos")[:, 3:7]), -1, -2)
    return turn


def test_the_table_is_the_compiled_model(model: mujoco.MjModel) -> None:
    bodies = {link.joint.removesuffix("_joint"): link.inertia for link in GO2.tree.links}
    for name, inertia in (bodies | {"base": GO2.tree.trunk}).items():
        body = model.body(name)
        turn = matrix_of_quat(body.iquat)
        assert inertia.mass == pytest.approx(body.mass.item())
        np.testing.assert_allclose(inertia.com, body.ipos, atol=1e-12)
        np.testing.assert_allclose(turn * body.inertia @ turn.T, inertia.matrix(), atol=1e-12)
    for link in GO2.tree.links:
        joint = model.joint(link.joint)
        np.testing.assert_allclose(link.origin, model.body(joint.bodyid.item()).pos)
        np.testing.assert_allclose(link.axis, joint.axis)
        assert link.armature == model.dof_armature[joint.dofadr.item()]
    for name, foot in GO2.tree.feet.items():
        np.testing.assert_allclose(foot, model.site(name).pos)
    assert pytest.approx(GO2.mass, abs=0.01) == GO2.tree.mass


def test_feet_are_where_mujoco_puts_them(states: list[mujoco.MjData]) -> None:
    posture = Legs(GO2).posture(stacked(states, "qpos")[:, 7:])
    turn = matrix_of_quat(stacked(states, "qpos")[:, 3:7])
    feet_w = np.stack([[data.site(name).xpos for name in GO2.foot_names] for data in states])
    feet_b = (feet_w - stacked(states, "qpos")[:, None, :3]) @ turn
    np.testing.assert_allclose(posture.foot, feet_b, atol=1e-12)


def test_jacobians_are_mujocos(model: mujoco.MjModel, states: list[mujoco.MjData]) -> None:
    ours = Legs(GO2).posture(stacked(states, "qpos")[:, 7:]).jacobian()
    for data, jacobian in zip(states, ours, strict=True):
        for leg, name in enumerate(GO2.foot_names):
            full = np.zeros((3, model.nv))
            mujoco.mj_jacSite(model, data, full, None, data.site(name).id)
            dofs = slice(6 + 3 * leg, 9 + 3 * leg)
            turn = matrix_of_quat(data.qpos[3:7])
            np.testing.assert_allclose(jacobian[leg], turn.T @ full[:, dofs], atol=1e-12)


def test_the_mass_matrix_is_mujocos(model: mujoco.MjModel, states: list[mujoco.MjData]) -> None:
    ours = LegDynamics(GO2).mass_matrix(stacked(states, "qpos")[:, 7:])
    turn = to_ours(states)
    theirs = np.zeros((COUNT, model.nv, model.nv))
    for data, full in zip(states, theirs, strict=True):
        mujoco.mj_fullM(model, data, full)
    np.testing.assert_allclose(np.swapaxes(turn, -1, -2) @ ours @ turn, theirs, atol=1e-10)


def test_bias_forces_are_mujocos(states: list[mujoco.MjData]) -> None:
    qpos, qvel = stacked(states, "qpos"), stacked(states, "qvel")
    up_b = matrix_of_quat(qpos[:, 3:7])[:, -1, :]
    ours = LegDynamics(GO2).bias(qpos[:, 7:], qvel[:, 6:], qvel[:, 3:6], GRAVITY * up_b)
    theirs = (to_ours(states) @ stacked(states, "qfrc_bias")[..., None])[..., 0]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_gravity_torques_are_mujocos_at_rest(
    model: mujoco.MjModel, states: list[mujoco.MjData]
) -> None:
    for data in states:
        still = mujoco.MjData(model)
        still.qpos[:] = data.qpos
        mujoco.mj_forward(model, still)
        down_b = -matrix_of_quat(data.qpos[3:7])[-1]
        ours = LegDynamics(GO2).gravity_torque(data.qpos[7:], down_b)
        np.testing.assert_allclose(ours, still.qfrc_bias[6:], atol=1e-10)


def test_inverse_kinematics_inverts_forward() -> None:
    rng = np.random.default_rng(1)
    reach = 0.5 * np.minimum(GO2.q_max - GO2.default_q, GO2.default_q - GO2.q_min)
    q = GO2.default_q + rng.uniform(-1, 1, (200, 12)) * reach
    foot = Legs(GO2).posture(q).foot
    np.testing.assert_allclose(LegIk(GO2)(foot), q, atol=1e-9)


def test_a_foot_out_of_reach_stretches_the_leg_towards_it() -> None:
    legs = Legs(GO2)
    far = legs.posture(GO2.default_q).foot * [1.0, 1.0, 10.0]
    q = LegIk(GO2)(far)
    assert np.isfinite(q).all()
    assert (legs.posture(q).foot[:, -1] < legs.posture(GO2.default_q).foot[:, -1]).all()


def test_trees_that_do_not_fit_are_refused_by_name() -> None:
    def with_links(*links: Link) -> RobotSpec:
        return dataclasses.replace(GO2, tree=dataclasses.replace(GO2.tree, links=links))

    with pytest.raises(CanterError, match="no joint FL_hip_joint"):
        Legs(with_links(*GO2.tree.links[1:]))
    turned = dataclasses.replace(GO2.tree.links[0], axis=(0.0, 0.0, 1.0))
    with pytest.raises(CanterError, match="another shape at axes"):
        LegIk(with_links(turned, *GO2.tree.links[1:]))
