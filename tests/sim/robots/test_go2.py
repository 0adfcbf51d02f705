import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from canter.control.robot import GO2, LEGS
from canter.sim.physics.batched_sim import ROOT_POSE, ROOT_TWIST
from canter.sim.robots.equip import CAMERA, control_layout, robot_model_spec, sensor_layout

HIP_X, HIP_Y, ABDUCTION, LINK = 0.1934, 0.0465, 0.0955, 0.213
FOOT_BACK, FOOT_RADIUS = 0.002, 0.022
"""The maker's figures, m; the foot's centre lies 2 mm behind the shin's line."""

MIRROR = np.diag([1.0, -1.0, 1.0])
MODEL = robot_model_spec(GO2).compile()

Vector = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return robot_model_spec(GO2).compile()


def posed(model: mujoco.MjModel, q: Vector) -> mujoco.MjData:
    """Return the kinematics of a robot at the origin, joint angles in canonical order."""
    data = mujoco.MjData(model)
    data.qpos[ROOT_POSE["pos_w"]] = 0.0
    for name, angle in zip(GO2.joint_names, q, strict=True):
        data.joint(name).qpos[0] = angle
    mujoco.mj_forward(model, data)
    return data


def two_link_foot(leg: str, hip: float, thigh: float, calf: float) -> Vector:
    """Return the foot's centre by hand: a planar two-link leg swung about the hip axis."""
    front, left = (1 if leg[0] == "F" else -1), (1 if leg[1] == "L" else -1)
    knee = thigh + calf
    x = -LINK * np.sin(thigh) - LINK * np.sin(knee) - FOOT_BACK * np.cos(knee)
    z = -LINK * np.cos(thigh) - LINK * np.cos(knee) + FOOT_BACK * np.sin(knee)
    y = left * ABDUCTION
    return np.array(
        [
            front * HIP_X + x,
            left * HIP_Y + y * np.cos(hip) - z * np.sin(hip),
            y * np.sin(hip) + z * np.cos(hip),
        ]
    )


def test_mass_is_the_published_one(model: mujoco.MjModel) -> None:
    base, hip, thigh, calf = 6.921, 0.678, 1.152, 0.24135
    assert model.body_mass.sum() == pytest.approx(base + 4 * (hip + thigh + calf), abs=1e-9)
    assert model.body_mass.sum() == pytest.approx(GO2.mass, abs=0.05)
    assert (model.geom_bodyid[model.geom("floor").id], model.body_mass[0]) == (0, 0.0)


def test_standing_height_is_that_of_two_links_leaning_by_0_9_rad() -> None:
    assert GO2.standing_height == pytest.approx(2 * LINK * np.cos(0.9) + FOOT_RADIUS)


def test_a_robot_at_standing_height_just_touches_the_floor(model: mujoco.MjModel) -> None:
    data = posed(model, GO2.default_q)
    lowest = min(data.site(foot).xpos[2] for foot in GO2.foot_names) - FOOT_RADIUS
    backward_tilt = FOOT_BACK * np.sin(0.9)  # of the foot's offset behind a shin that leans
    assert -lowest == pytest.approx(GO2.standing_height + backward_tilt, abs=1e-9)


def test_joints_stand_in_canonical_order_and_have_the_published_limits(
    model: mujoco.MjModel,
) -> None:
    hinges = [model.joint(i).name for i in range(model.njnt) if model.joint(i).name != "root"]
    assert hinges == [f"{leg}_{part}_joint" for leg in LEGS for part in ("hip", "thigh", "calf")]
    assert tuple(hinges) == GO2.joint_names
    for i, name in enumerate(GO2.joint_names):
        joint = model.joint(name)
        np.testing.assert_allclose(joint.range, [GO2.q_min[i], GO2.q_max[i]], atol=1e-4)
        limit = GO2.tau_max[i]
        np.testing.assert_allclose(model.jnt_actfrcrange[joint.id], [-limit, limit])
        assert GO2.tau_max[i] == (45.43 if "calf" in name else 23.7)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_feet_stand_where_two_link_kinematics_puts_them(seed: int) -> None:
    q = np.random.default_rng(seed).uniform(GO2.q_min, GO2.q_max)
    data = posed(MODEL, q)
    for leg, angles in zip(LEGS, q.reshape(len(LEGS), 3), strict=True):
        np.testing.assert_allclose(
            data.site(f"{leg}_foot").xpos, two_link_foot(leg, *angles), atol=1e-9
        )


def test_legs_are_mirror_images(model: mujoco.MjModel) -> None:
    for front in "FR":
        for part in ("hip", "thigh", "calf"):
            left, right = model.body(f"{front}L_{part}"), model.body(f"{front}R_{part}")
            np.testing.assert_allclose(MIRROR @ left.ipos, right.ipos, atol=1e-12)
            reflected = MIRROR @ inertia(model, right.name) @ MIRROR
            np.testing.assert_allclose(inertia(model, left.name), reflected, atol=1e-9)


def inertia(model: mujoco.MjModel, name: str) -> Vector:
    """Return a body's inertia tensor about its centre of mass, body frame, kg m^2, (3, 3)."""
    body, turn = model.body(name), np.zeros(9)
    mujoco.mju_quat2Mat(turn, body.iquat)
    axes = turn.reshape(3, 3)
    return np.asarray(axes @ np.diag(body.inertia) @ axes.T)


def test_inertias_are_those_of_possible_bodies(model: mujoco.MjModel) -> None:
    worlds = np.sort(model.body_inertia[1:], axis=-1)
    assert (worlds > 0).all()
    assert (worlds[:, 0] + worlds[:, 1] > worlds[:, 2]).all()


def test_energy_is_conserved_in_free_flight() -> None:
    model = robot_model_spec(GO2).compile()
    model.dof_damping[:] = model.dof_frictionloss[:] = 0.0
    model.jnt_limited[:] = 0
    model.opt.timestep = 2e-4
    model.opt.integrator = mujoco.mjtIntegrator.mjINT_RK4
    model.opt.enableflags |= mujoco.mjtEnableBit.mjENBL_ENERGY
    data = posed(model, GO2.default_q)
    rng = np.random.default_rng(0)
    data.qpos[ROOT_POSE["pos_w"]] = [0.0, 0.0, 10.0]
    data.qvel[:] = rng.normal(0, 2.0, model.nv)
    data.qvel[ROOT_TWIST["lin_vel_w"]] = [1.0, 0.5, -4.0]
    energies = []
    for _ in range(1000):
        mujoco.mj_step(model, data)
        energies.append(data.energy.sum())
    mujoco.mj_forward(model, data)
    potential, kinetic = data.energy
    assert np.ptp(energies) < 1e-4 * kinetic
    assert kinetic > 0.5 * 15.2 * 4.0**2  # it fell, and its legs swing
    by_hand = 9.81 * (model.body_mass[1:] @ data.xipos[1:, 2])
    assert potential == pytest.approx(by_hand)


def test_actuators_add_up_to_the_impedance_law(model: mujoco.MjModel) -> None:
    rng, saturated = np.random.default_rng(1), 0
    layout = control_layout(GO2)
    assert model.nu == layout.size == 3 * len(GO2.joint_names)
    for _ in range(50):
        q, wanted = rng.uniform(GO2.q_min, GO2.q_max), rng.uniform(GO2.q_min, GO2.q_max)
        qd, feed_forward = rng.normal(0, 5, 12), rng.normal(0, 5, 12)
        kp, kd = rng.uniform(0, 80, 12), rng.uniform(0, 3, 12)
        data = posed(model, q)
        for name, speed in zip(GO2.joint_names, qd, strict=True):
            data.joint(name).qvel[0] = speed
        data.ctrl[layout["torque"]] = kp * wanted + feed_forward
        data.ctrl[layout["kp"]], data.ctrl[layout["kd"]] = kp, kd
        mujoco.mj_forward(model, data)
        torque = kp * (wanted - q) - kd * qd + feed_forward
        limited = np.clip(torque, -GO2.tau_max, GO2.tau_max)
        saturated += int((limited != torque).sum())
        applied = [data.joint(name).qfrc_actuator[0] for name in GO2.joint_names]
        np.testing.assert_allclose(applied, limited, atol=1e-9)
        np.testing.assert_allclose(data.sensordata[sensor_layout(GO2)["tau"]], limited, atol=1e-9)
    assert 50 < saturated < 550  # of 600: both sides of the limit are met


def test_sensors_stand_where_the_layout_says(model: mujoco.MjModel) -> None:
    layout = sensor_layout(GO2)
    assert model.nsensordata == layout.size
    data = posed(model, GO2.default_q)
    data.qvel[ROOT_TWIST["ang_vel_b"]] = [0.1, -0.2, 0.3]
    mujoco.mj_forward(model, data)
    np.testing.assert_allclose(data.sensordata[layout["gyro"]], [0.1, -0.2, 0.3], atol=1e-12)
    feet = data.sensordata[layout["foot_pos_w"]].reshape(4, 3)
    for foot, position in zip(GO2.foot_names, feet, strict=True):
        np.testing.assert_allclose(position, data.site(foot).xpos)


def test_camera_looks_ahead_and_down(model: mujoco.MjModel) -> None:
    data = posed(model, GO2.default_q)
    camera = data.camera(CAMERA)
    np.testing.assert_allclose(camera.xpos, GO2.camera_pos_b)
    _, _, backward = camera.xmat.reshape(3, 3).T
    pitch = np.deg2rad(12)
    np.testing.assert_allclose(-backward, [np.cos(pitch), 0, -np.sin(pitch)], atol=1e-12)
    assert model.camera(CAMERA).fovy[0] == pytest.approx(70)
