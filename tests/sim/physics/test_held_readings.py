"""Readings between a reset and the first step: statics by hand, and MuJoCo's inverse dynamics."""

import math

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.sim.physics.batched_sim import ROOT_POSE, ROOT_TWIST, BatchedSim
from canter.sim.physics.bodies import Body, Start
from canter.sim.physics.body_worlds import make_world
from canter.sim.physics.held_readings import HeldReadings
from canter.sim.robots import registry
from canter.sim.robots.equip import robot_model_spec, sensor_layout
from canter.sim.robots.registry import robot_names
from canter.sim.unitree.plant import Plant

MODEL = robot_model_spec(GO2).compile()
G = 9.81
WEIGHT = float(MODEL.body_mass.sum()) * G
EVERYONE = np.ones(2, bool)
Float = NDArray[np.float64]


@pytest.fixture
def sim() -> BatchedSim:
    return BatchedSim([MODEL] * 2, GO2, threads=1)


def centre_of_mass(qpos: Float) -> tuple[Float, Float]:
    """Return the robot's centre of mass and its feet, world frame, by MuJoCo's kinematics."""
    data = mujoco.MjData(MODEL)
    data.qpos[:] = qpos
    mujoco.mj_kinematics(MODEL, data)
    mujoco.mj_comPos(MODEL, data)
    feet = np.array([data.site(name).xpos for name in GO2.foot_names])
    return data.subtree_com[0].copy(), feet


def test_a_robot_that_stands_feels_its_weight_and_balances_it(sim: BatchedSim) -> None:
    state, force = sim.measured(), sim.truth().foot_force[0]
    np.testing.assert_allclose(state.accel, [[0.0, 0.0, G]] * 2, atol=0.01)
    assert state.foot_contact.all()
    assert force.sum() == pytest.approx(WEIGHT, rel=1e-3)
    com, feet = centre_of_mass(sim.qpos[0])
    np.testing.assert_allclose(force @ feet[:, :2] / force.sum(), com[:2], atol=1e-3)


@pytest.mark.parametrize("name", robot_names())
def test_every_robot_that_stands_at_its_height_feels_its_weight(name: str) -> None:
    robot = registry.robot(name)
    model = robot_model_spec(robot).compile()
    with BatchedSim([model] * 3, robot, threads=1) as sim:
        above = np.array([0.0, -1e-5, 1e-5])  # as rounding may have it
        sim.qpos[:, ROOT_POSE["pos_w"].start + 2] = robot.standing_height + above
        state, force = sim.measured(), sim.truth().foot_force
    assert state.foot_contact.all()
    np.testing.assert_allclose(state.accel, np.tile([0.0, 0.0, G], (3, 1)), atol=0.02)
    np.testing.assert_allclose(force.sum(axis=-1), model.body_mass.sum() * G, rtol=1e-3)


def test_its_torques_are_those_of_inverse_dynamics_under_its_contact_forces() -> None:
    """tau = bias - J^T f of a robot at rest, with the contact forces that were found."""
    data, tau = mujoco.MjData(MODEL), sensor_layout(GO2)["tau"]
    data.qpos[ROOT_POSE["pos_w"]] = [0.0, 0.0, GO2.standing_height]
    q = [MODEL.joint(name).qposadr.item() for name in GO2.joint_names]
    data.qpos[q] = GO2.default_q
    held = HeldReadings(MODEL, GO2)
    readings = held.read(MODEL, np.concatenate([[0.0], data.qpos, data.qvel]))
    mujoco.mj_forward(MODEL, data)
    needed, inner = data.qfrc_bias.copy(), held._data
    for i, contact in enumerate(inner.contact):
        force, jacobian = np.zeros(6), np.zeros((3, MODEL.nv))
        mujoco.mj_contactForce(MODEL, inner, i, force)
        body = MODEL.geom_bodyid[contact.geom].max()
        mujoco.mj_jac(MODEL, data, jacobian, None, contact.pos, body)
        needed -= jacobian.T @ (contact.frame.reshape(3, 3).T @ force[:3])
    dofs = [MODEL.joint(name).dofadr.item() for name in GO2.joint_names]
    np.testing.assert_allclose(readings[tau], needed[dofs], atol=0.02)
    np.testing.assert_allclose(needed[:6], 0.0, atol=0.1)  # of 149 N


def test_pose_and_velocity_set_after_a_reset_count(sim: BatchedSim) -> None:
    sim.measured()
    sim.qpos[1, ROOT_POSE["pos_w"]] = [1.0, 2.0, 3.0]
    assert np.linalg.norm(sim.measured().accel[1]) == pytest.approx(0.0, abs=1e-6)  # falls freely
    assert not sim.measured().foot_contact[1].any()
    assert sim.measured().foot_contact[0].all()
    sim.qvel[1, ROOT_TWIST["lin_vel_w"]] = [0.5, 0.0, 0.0]
    np.testing.assert_allclose(sim.truth().foot_vel_w[1], [[0.5, 0.0, 0.0]] * 4, atol=1e-12)
    np.testing.assert_allclose(sim.truth().foot_pos_w[1], centre_of_mass(sim.qpos[1])[1])


def test_a_reset_robot_reads_anew_and_the_others_keep_their_readings(sim: BatchedSim) -> None:
    gains = np.full((2, 12), 40.0)
    command = JointCommand(
        np.tile(GO2.default_q, (2, 1)), gains, gains / 40, np.zeros((2, 12)), math.inf
    )
    for _ in range(3):
        sim.step(command)
    before = sim.measured()
    sim.reset(np.array([False, True]))
    after = sim.measured()
    np.testing.assert_array_equal(after.accel[0], before.accel[0])
    np.testing.assert_allclose(after.accel[1], [0.0, 0.0, G], atol=0.01)


def test_reading_leaves_model_and_state_as_they_are(sim: BatchedSim) -> None:
    fields = ("dof_armature", "geom_solref", "geom_solimp", "geom_margin")
    kept, state = [getattr(MODEL, name).copy() for name in fields], sim.state.copy()
    sim.measured()
    for name, value in zip(fields, kept, strict=True):
        np.testing.assert_array_equal(getattr(MODEL, name), value)
    np.testing.assert_array_equal(sim.state, state)


@pytest.mark.parametrize("engine", ["mujoco", "bullet"])
def test_worlds_of_both_engines_read_gravity_along_their_slope(engine: str) -> None:
    if engine == "bullet":
        pytest.importorskip("pybullet", reason="extra [transfer]")
    slope = math.radians(10.0)
    body = Body("slope", engine=engine, slope=slope)  # type: ignore[arg-type]
    start = Start(np.zeros(1), np.zeros((1, 12)), np.zeros(1, int), np.ones((1, 2), int))
    with make_world(body, start) as world:
        state, truth = world.measured(), world.truth()
    assert np.linalg.norm(state.accel) == pytest.approx(G, abs=0.05)
    assert state.foot_contact.any()
    assert truth.foot_force.sum() == pytest.approx(WEIGHT * math.cos(slope), rel=0.1)


@pytest.mark.parametrize("lying", [False, True])
def test_the_plant_of_ros_and_unitree_measures_gravity_before_its_first_step(lying: bool) -> None:
    measured = Plant(lying=lying).measure(0.0)
    assert np.linalg.norm(measured.state.accel) == pytest.approx(G, abs=0.05)
    assert measured.state.foot_contact.all() or lying
    assert not measured.qdd.any()
