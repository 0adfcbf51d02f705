import copy
import math
from dataclasses import fields

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_POSE, ROOT_TWIST, BatchedSim
from canter.sim.robots.equip import control_layout, robot_model_spec

MODEL = robot_model_spec(GO2).compile()
CTRL = control_layout(GO2)
Float = NDArray[np.float64]


def command(n: int, q: Float = GO2.default_q, kp: float = 40.0, tau: float = 0.0) -> JointCommand:
    gains = np.full((n, 12), kp)
    return JointCommand(np.tile(q, (n, 1)), gains, gains / 40, np.full((n, 12), tau), math.inf)


def test_one_step_is_five_steps_of_mujoco_under_the_same_controls() -> None:
    with BatchedSim([MODEL] * 2, GO2, threads=1) as sim:
        sim.qvel[:, ROOT_TWIST["lin_vel_w"]] = [0.3, -0.1, 0.2]
        data = mujoco.MjData(MODEL)
        data.qpos[:], data.qvel[:] = sim.qpos[1], sim.qvel[1]
        sim.step(command(2, tau=0.5))
        data.ctrl[CTRL["torque"]] = 40.0 * GO2.default_q + 0.5
        data.ctrl[CTRL["kp"]], data.ctrl[CTRL["kd"]] = 40.0, 1.0
        for _ in range(round(CONTROL_PERIOD / 0.004)):
            data.qacc_warmstart[:] = 0.0 if data.time == 0 else data.qacc_warmstart
            mujoco.mj_step(MODEL, data)
        np.testing.assert_allclose(sim.qpos, np.tile(data.qpos, (2, 1)), atol=1e-9)
        np.testing.assert_allclose(sim.qvel, np.tile(data.qvel, (2, 1)), atol=1e-7)
        assert sim.measured().time == pytest.approx(CONTROL_PERIOD)


def test_a_command_reaches_the_motors_exactly_as_late_as_was_drawn() -> None:
    delays = np.arange(11)
    with BatchedSim([MODEL] * len(delays), GO2, motor_delay=delays, threads=1) as sim:
        seen = []
        for kp in (10.0, 20.0, 30.0):
            sim.step(command(len(delays), kp=kp))
            seen.append(sim.ctrl[:, :, CTRL["kp"]].copy())
    issued = np.repeat([10.0, 20.0, 30.0], 5)
    for delay, robot in zip(delays, np.concatenate(seen, axis=1), strict=True):
        arrived = np.concatenate([np.zeros(delay), issued])[: len(issued)]
        np.testing.assert_array_equal(robot, np.tile(arrived[:, None], 12))
    with pytest.raises(CanterError, match="0 to 11 physics steps; they may be 0 to 10, 2 control"):
        BatchedSim([MODEL] * 2, GO2, motor_delay=np.array([0, 11]))


def test_strength_scales_the_whole_torque() -> None:
    with BatchedSim([MODEL] * 2, GO2, strength=np.repeat([[1.0], [0.9]], 12, axis=1)) as sim:
        sim.step(command(2, GO2.default_q + 0.1, tau=1.0))
        full, weak = sim.ctrl[:, 0]
        np.testing.assert_allclose(weak, 0.9 * full)


def test_worlds_that_are_not_active_stand_still_in_time() -> None:
    with BatchedSim([MODEL] * 3, GO2, threads=1) as sim:
        sim.step(command(3))
        sim.active[1] = False
        before = sim.state.copy()
        sim.step(command(3))
        np.testing.assert_array_equal(sim.state[1], before[1])
        np.testing.assert_array_equal(sim.state[0], sim.state[2])
        assert np.abs(sim.state[0] - before[0]).max() > 1e-4


def test_bits_do_not_depend_on_threads() -> None:
    states = []
    for threads in (1, 3):
        with BatchedSim([MODEL] * 5, GO2, threads=threads) as sim:
            sim.qvel[:, ROOT_TWIST["lin_vel_w"]] = np.linspace(-1, 1, 15).reshape(5, 3)
            for _ in range(10):
                sim.step(command(5))
            states.append(sim.state.copy())
    np.testing.assert_array_equal(states[0], states[1])


def test_standing_feet_carry_the_weight_and_the_state_is_measured_by_name() -> None:
    with BatchedSim([MODEL], GO2, threads=1) as sim:
        for _ in range(100):
            sim.step(command(1, kp=60.0))
        truth, state = sim.truth(), sim.measured()
        assert truth.foot_force.sum() == pytest.approx(MODEL.body_mass.sum() * 9.81, rel=0.02)
        assert state.foot_contact.all()
        np.testing.assert_allclose(state.accel, [[0, 0, 9.81]], atol=0.3)
        np.testing.assert_allclose(state.projected_gravity(), [[0, 0, -1]], atol=0.02)
        by_name = [sim.qpos[0, MODEL.joint(name).qposadr[0]] for name in GO2.joint_names]
        np.testing.assert_array_equal(state.q[0], by_name)
        torque = 60.0 * (GO2.default_q - state.q) - 1.5 * state.qd
        np.testing.assert_allclose(state.tau, torque, atol=0.1)


def test_what_was_measured_stays_as_it_was() -> None:
    with BatchedSim([MODEL], GO2, threads=1) as sim:
        sim.qvel[:, ROOT_TWIST["ang_vel_b"]] = [0.1, 0.2, 0.3]
        sim.step(command(1))
        values = (sim.measured(), sim.truth())
        kept = {f.name: getattr(value, f.name) for value in values for f in fields(value)}
        known = copy.deepcopy(kept)
        sim.step(command(1, GO2.default_q + 0.2))
        for name, value in known.items():
            np.testing.assert_array_equal(kept[name], value)


def test_reset_restores_the_masked_worlds_alone() -> None:
    with BatchedSim([MODEL] * 2, GO2, threads=1) as sim:
        sim.step(command(2))
        kept = sim.state[0].copy()
        sim.reset(np.array([False, True]))
        np.testing.assert_array_equal(sim.state[0], kept)
        np.testing.assert_array_equal(sim.q[1], GO2.default_q)
        assert not sim.qvel[1].any()


def test_velocity_along_the_heading() -> None:
    with BatchedSim([MODEL], GO2, threads=1) as sim:
        half = math.pi / 4  # of a quarter turn to the left: forward is world y
        sim.qpos[:, ROOT_POSE["quat"]] = [math.cos(half), 0.0, 0.0, math.sin(half)]
        sim.qvel[:, ROOT_TWIST["lin_vel_w"]] = [0.2, 0.7, 0.1]
        assert sim.truth().yaw() == pytest.approx(math.pi / 2)
        np.testing.assert_allclose(sim.truth().base_lin_vel_yaw(), [[0.7, -0.2, 0.1]], atol=1e-12)
