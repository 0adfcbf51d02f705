"""Bullet's Go2 against closed forms and against MuJoCo's."""

import math

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.sim.physics.batched_sim import ROOT_POSE, BatchedSim
from canter.sim.physics.ground import Ground
from canter.sim.physics.payload import Payload
from canter.sim.robots.equip import robot_model_spec

pytest.importorskip("pybullet", reason="extra [transfer]")

from canter.sim.bullet.bullet_base import Bases
from canter.sim.bullet.bullet_robot import (
    GRAVITY,
    BulletRobot,
    Setting,
)
from canter.sim.bullet.bullet_sim import BulletSim
from canter.sim.bullet.client import pybullet

JOINT_DAMPING, JOINT_FRICTION = 0.1, 0.2
"""Of the robot's MJCF, Nm s/rad and Nm."""

Float = NDArray[np.float64]
MODEL = robot_model_spec(GO2).compile()
HIGH = np.array([0.3, -0.2, 5.0])
TILTED = np.array([0.9, 0.1, -0.3, 0.2]) / math.sqrt(0.95)
RNG = np.random.default_rng(0)
ANGLES = GO2.default_q + RNG.uniform(-0.4, 0.4, 12)


def command(n: int, kp: float = 60.0, kd: float = 1.5, tau: float = 0.0) -> JointCommand:
    shape = (n, 12)
    return JointCommand(
        np.tile(GO2.default_q, (n, 1)),
        np.full(shape, kp),
        np.full(shape, kd),
        np.full(shape, tau),
        math.inf,
    )


def mujoco_at(pos: Float, quat: Float, q: Float) -> mujoco.MjData:
    data = mujoco.MjData(MODEL)
    data.qpos[ROOT_POSE["pos_w"]], data.qpos[ROOT_POSE["quat"]] = pos, quat
    for name, angle in zip(GO2.joint_names, q, strict=True):
        data.qpos[MODEL.joint(name).qposadr] = angle
    mujoco.mj_forward(MODEL, data)
    return data


def mass_matrix(robot: BulletRobot, q: Float) -> Float:
    """Return Bullet's joint-space inertia, canonical order, (12, 12)."""
    client, body = robot.client, robot.body
    names = {
        info[1].decode(): info[4] - 1
        for info in (client.getJointInfo(body, i) for i in range(client.getNumJoints(body)))
        if info[4] >= 0
    }
    ordered = sorted(names, key=lambda name: names[name])
    by_name = dict(zip(GO2.joint_names, q, strict=True))
    matrix = np.array(client.calculateMassMatrix(body, [by_name[name] for name in ordered]))
    own = matrix[-12:, -12:]  # the floating base comes first
    at = [ordered.index(name) for name in GO2.joint_names]
    return own[np.ix_(at, at)]


def test_joints_and_feet_are_by_name_and_quaternions_wxyz() -> None:
    with BulletSim([Setting()], GO2) as sim:
        sim.place(0, HIGH, TILTED, ANGLES)
        data = mujoco_at(HIGH, TILTED, ANGLES)
        state, truth = sim.measured(), sim.truth()
        np.testing.assert_allclose(state.q, [ANGLES], atol=1e-12)
        np.testing.assert_allclose(state.quat, [TILTED], atol=1e-6)
        np.testing.assert_allclose(truth.base_pos_w, [HIGH], atol=1e-6)
        feet = [data.site(name).xpos for name in GO2.foot_names]
        np.testing.assert_allclose(truth.foot_pos_w[0], feet, atol=1e-5)
        up = data.body("base").xmat.reshape(3, 3)
        np.testing.assert_allclose(state.projected_gravity(), [-up[2]], atol=1e-6)


def test_mass_and_inertia_are_those_of_mujoco() -> None:
    robot = BulletRobot(GO2, Setting(payload=None))
    masses = [
        robot.client.getDynamicsInfo(robot.body, i)[0]
        for i in range(-1, robot.client.getNumJoints(robot.body))
    ]
    assert sum(masses) == pytest.approx(MODEL.body_mass.sum(), rel=1e-6)
    data = mujoco_at(HIGH, np.array([1.0, 0, 0, 0]), ANGLES)
    full = np.zeros((MODEL.nv, MODEL.nv))
    mujoco.mj_fullM(MODEL, data, full)
    at = [MODEL.joint(name).dofadr.item() for name in GO2.joint_names]
    links = full[np.ix_(at, at)] - np.diag(MODEL.dof_armature[at])
    np.testing.assert_allclose(mass_matrix(robot, ANGLES), links, atol=2e-5)
    robot.close()


def test_a_load_adds_its_mass_where_it_lies() -> None:
    load = Payload(6.0, np.array([0.12, -0.06, 0.117]))
    robot = BulletRobot(GO2, Setting(payload=load))
    robot.place(HIGH, np.array([1.0, 0, 0, 0]), GO2.default_q)
    count = robot.client.getNumJoints(robot.body)
    links = {robot.client.getJointInfo(robot.body, i)[12].decode(): i for i in range(count)}
    dynamics = robot.client.getDynamicsInfo(robot.body, links["payload"])
    assert dynamics[0] == 6.0
    np.testing.assert_allclose(dynamics[2], load.inertia, rtol=1e-6)
    state = robot.client.getLinkState(robot.body, links["payload"], computeForwardKinematics=1)
    np.testing.assert_allclose(state[0], HIGH + load.position, atol=1e-5)
    robot.close()


def test_every_surface_has_the_friction_that_was_asked_for() -> None:
    robot = BulletRobot(GO2, Setting(friction=0.37))
    for link in range(-1, robot.client.getNumJoints(robot.body)):
        assert robot.client.getDynamicsInfo(robot.body, link)[1] == 0.37
    robot.close()


def test_free_fall() -> None:
    with BulletSim([Setting()], GO2) as sim:
        sim.place(0, HIGH, TILTED, ANGLES)
        periods = 20
        for _ in range(periods):
            sim.step(command(1, kp=0.0, kd=0.0))
        steps, dt = periods * sim.substeps, sim.timestep
        dropped = GRAVITY * dt**2 * steps * (steps + 1) / 2  # semi-implicit Euler
        truth, state = sim.truth(), sim.measured()
        expected = HIGH - [0.0, 0.0, dropped]
        np.testing.assert_allclose(truth.base_pos_w, [expected], atol=1e-3)
        np.testing.assert_allclose(truth.base_lin_vel_w[0, 2], -GRAVITY * dt * steps, rtol=1e-3)
        np.testing.assert_allclose(state.quat, [TILTED], atol=1e-3)
        np.testing.assert_allclose(state.q, [ANGLES], atol=1e-2)
        np.testing.assert_allclose(state.accel, 0.0, atol=0.05)
        np.testing.assert_allclose(sim.times(), [periods * 0.02])


def test_a_spinning_base_has_the_velocity_of_its_own_origin() -> None:
    robot = BulletRobot(GO2, Setting())
    robot.place(HIGH, TILTED, GO2.default_q)
    robot.client.resetBaseVelocity(robot.body, [0.1, 0.2, 0.3], [0.0, 0.0, 2.0])
    bases = Bases.of([robot])
    data = mujoco_at(HIGH, TILTED, GO2.default_q)
    arm = data.body("base").xipos - HIGH
    np.testing.assert_allclose(
        bases.lin_vel_w[0], np.array([0.1, 0.2, 0.3]) - np.cross([0, 0, 2.0], arm), atol=1e-6
    )
    turn = data.body("base").xmat.reshape(3, 3)
    np.testing.assert_allclose(bases.ang_vel_b[0], turn.T @ [0, 0, 2.0], atol=1e-6)
    robot.close()


def test_standing_torques_and_weight_are_those_of_mujoco() -> None:
    with BulletSim([Setting()], GO2) as bullet, BatchedSim([MODEL], GO2, threads=1) as known:
        for _ in range(100):
            bullet.step(command(1))
            known.step(command(1))
        state = bullet.measured()
        weight = MODEL.body_mass.sum() * GRAVITY
        assert bullet.truth().foot_force.sum() == pytest.approx(weight, rel=0.02)
        assert state.foot_contact.all()
        np.testing.assert_allclose(state.accel, [[0, 0, GRAVITY]], atol=0.3)
        law = 60.0 * (GO2.default_q - state.q) - 1.5 * state.qd
        np.testing.assert_allclose(state.tau, law, atol=0.1)
        # How far the feet are splayed, and so the torque of the hips, is decided by their landing.
        along = np.array([not name.endswith("hip_joint") for name in GO2.joint_names])
        np.testing.assert_allclose(
            state.tau[:, along], known.measured().tau[:, along], atol=1.0, rtol=0.1
        )
        assert bullet.truth().base_pos_w[0, 2] == pytest.approx(
            known.truth().base_pos_w[0, 2], abs=0.01
        )


def test_torques_of_a_standing_robot_balance_gravity_and_bullets_contact_forces() -> None:
    """At rest tau = bias - J^T f up to the joints' dry friction: MuJoCo's J, Bullet's tau and f."""
    with BulletSim([Setting()], GO2) as sim:
        for _ in range(150):
            sim.step(command(1))
        truth, state = sim.truth(), sim.measured()
        robot = sim.robots[0]
        data = mujoco_at(truth.base_pos_w[0], truth.base_quat[0], state.q[0])
        needed = data.qfrc_bias.copy()
        for point in robot.client.getContactPoints(robot.body):
            foot = GO2.foot_names[robot.feet.index(point[3])]
            force = sum(np.multiply(point[i], point[j]) for i, j in ((9, 7), (10, 11), (12, 13)))
            jacobian = np.zeros((3, MODEL.nv))
            calf = MODEL.geom(foot).bodyid.item()
            mujoco.mj_jac(MODEL, data, jacobian, None, np.array(point[5]), calf)
            needed -= jacobian.T @ force
        at = [MODEL.joint(name).dofadr.item() for name in GO2.joint_names]
        np.testing.assert_allclose(needed[:6], 0.0, atol=2.0)  # of 149 N
        assert np.abs(state.tau[0] - needed[at]).max() < JOINT_FRICTION + 0.15


def test_torque_is_clipped_to_the_limit_of_a_weak_motor() -> None:
    with BulletSim([Setting()], GO2, strength=0.5) as sim:
        sim.place(0, HIGH, TILTED, GO2.default_q)
        sim.step(command(1, kp=0.0, kd=0.0, tau=100.0))
        np.testing.assert_allclose(sim.measured().tau, [0.5 * GO2.tau_max])


def test_commands_arrive_as_late_as_was_told() -> None:
    with BulletSim([Setting()] * 2, GO2, motor_delay=np.array([0, 10])) as sim:
        for i in range(2):
            sim.place(i, HIGH, TILTED, GO2.default_q)
        sim.step(command(2, kp=0.0, kd=0.0, tau=0.3))
        np.testing.assert_allclose(sim.measured().tau, np.repeat([[0.3], [0.0]], 12, axis=1))


def test_period_of_a_leg_as_a_pendulum() -> None:
    """The leg swings about its hip, other joints locked; period of small swings, 2 pi sqrt(I/k)."""
    robot = BulletRobot(GO2, Setting(bolted=True))
    quat, q = np.array([1.0, 0, 0, 0]), GO2.default_q.copy()
    hip = GO2.joint_names.index("FL_hip_joint")
    dof = MODEL.joint("FL_hip_joint").dofadr.item()

    def rest_torque(angle: float) -> float:
        q[hip] = angle
        return float(mujoco_at(HIGH, quat, q).qfrc_bias[dof])

    # The angle at which the hanging leg is at rest, by Newton's method, and its stiffness there.
    angle, small = 0.0, 1e-4
    for _ in range(20):
        slope = (rest_torque(angle + small) - rest_torque(angle - small)) / (2 * small)
        angle -= rest_torque(angle) / slope
    q[hip] = angle
    inertia = mass_matrix(robot, q)[hip, hip]
    expected = 2 * math.pi * math.sqrt(inertia / slope)
    q[hip] = angle + 0.05
    robot.place(HIGH, quat, q)
    for name, joint in zip(GO2.joint_names, robot.joint_numbers, strict=True):
        locked = 0.0 if name == "FL_hip_joint" else 1000.0
        robot.client.setJointMotorControl2(
            robot.body, joint, pybullet.VELOCITY_CONTROL, targetVelocity=0.0, force=locked
        )
        robot.client.changeDynamics(robot.body, joint, jointDamping=0.0)
    swing = []
    for _ in range(1500):
        robot.client.stepSimulation()
        swing.append(robot.joints()[0][hip] - angle)
    rising = np.flatnonzero((np.array(swing[:-1]) < 0) & (np.array(swing[1:]) >= 0))
    period = np.diff(rising).mean() * robot.setting.timestep
    assert period == pytest.approx(expected, rel=0.01)
    robot.close()


def test_a_leg_swings_down_at_the_rate_of_its_damping() -> None:
    """Free of gravity and dry friction, one joint's speed decays as exp(-d t / I)."""
    robot = BulletRobot(GO2, Setting(bolted=True))
    robot.client.setGravity(0, 0, 0)
    robot.place(HIGH, np.array([1.0, 0, 0, 0]), GO2.default_q)
    hip = GO2.joint_names.index("FL_hip_joint")
    inertia = mass_matrix(robot, GO2.default_q)[hip, hip]
    for joint in robot.joint_numbers:
        free = joint == robot.joint_numbers[hip]
        robot.client.setJointMotorControl2(
            robot.body, joint, pybullet.VELOCITY_CONTROL, force=0.0 if free else 1000.0
        )
    robot.client.resetJointState(robot.body, robot.joint_numbers[hip], 0.0, 0.5)
    for _ in range(100):
        robot.client.stepSimulation()
    seconds = 100 * robot.setting.timestep
    expected = 0.5 * math.exp(-JOINT_DAMPING * seconds / inertia)
    assert robot.joints()[1][hip] == pytest.approx(expected, rel=0.02)
    robot.close()


@pytest.mark.parametrize(("friction", "holds"), [(0.2, False), (0.4, True)])
def test_feet_hold_a_slope_whose_tangent_is_below_their_friction(
    friction: float, holds: bool
) -> None:
    ground = Ground(slope=math.radians(15))  # its tangent is 0.27
    with BulletSim([Setting(friction=friction, ground=ground)], GO2) as sim:
        sim.place(0, *ground.start_pose(0.0, GO2.standing_height), GO2.default_q)
        for _ in range(50):
            sim.step(command(1, kp=100.0, kd=3.0))
        early = sim.truth().foot_pos_w[0, :, 0].mean()
        for _ in range(50):
            sim.step(command(1, kp=100.0, kd=3.0))
        slid = early - sim.truth().foot_pos_w[0, :, 0].mean()
        assert (slid < 0.01) if holds else (slid > 0.3)


def test_worlds_that_are_not_active_stand_still() -> None:
    with BulletSim([Setting()] * 2, GO2) as sim:
        sim.step(command(2))
        sim.active[1] = False
        before, truth = sim.measured(), sim.truth()
        sim.push(np.array([[1.0, 0, 0], [0, 0, 0]]))
        sim.step(command(2))
        np.testing.assert_array_equal(sim.measured().q[1], before.q[1])
        np.testing.assert_array_equal(sim.truth().base_pos_w[1], truth.base_pos_w[1])
        assert sim.truth().base_lin_vel_w[0, 0] > 0.3
        np.testing.assert_allclose(sim.times(), [0.04, 0.02])
