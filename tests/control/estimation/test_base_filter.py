"""The base's filter against kinematics by other code, arithmetic, and the simulator's truth."""

from dataclasses import replace

import numpy as np
import pytest

from canter.control.dynamics.legs import Legs
from canter.control.dynamics.rotations import matrix_of_quat
from canter.control.estimation.base_filter import BaseFilter, turns_of
from canter.control.estimation.contacts import TorqueContacts
from canter.control.estimation.foot_chain import FootChain
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.robot import GO2, RobotSpec
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.sim.physics.batched_sim import BatchedSim
from canter.sim.robots.equip import robot_model_spec
from canter.sim.robots.registry import robot, robot_names
from tests.control.states import standing

DT = 0.002


@pytest.mark.parametrize("spec", [robot(name) for name in robot_names()], ids=lambda it: it.name)
def test_the_chain_and_the_turns_are_those_of_the_slower_kinematics(spec: RobotSpec) -> None:
    rng = np.random.default_rng(0)
    q, quat = rng.normal(size=(5, 12)), rng.normal(size=(5, 4))
    quat /= np.linalg.norm(quat, axis=-1, keepdims=True)
    np.testing.assert_allclose(turns_of(quat), matrix_of_quat(quat), atol=1e-12)
    frames, posture = FootChain(spec, spec.imu_pos_b).frames(q), Legs(spec).posture(q)
    np.testing.assert_allclose(frames[..., 3] + spec.imu_pos_b, posture.foot, atol=1e-12)
    np.testing.assert_allclose(frames[..., :3], posture.rotation[..., -1, :, :], atol=1e-12)


def test_a_robot_that_stands_stays_where_it_is_and_grows_less_sure_of_its_place() -> None:
    base = BaseFilter(GO2)
    stds = []
    for _ in range(2000):
        base.update(standing(), DT)
        stds.append(base.estimate().position_std[0])
    found = base.estimate()
    foot = Legs(GO2).posture(GO2.default_q).foot[0, 2] - GO2.foot_radius
    assert found.height[0] == pytest.approx(-foot, abs=1e-9)
    np.testing.assert_allclose(found.position[0], [0.0, 0.0, -foot], atol=1e-9)
    np.testing.assert_allclose(found.velocity[0], 0.0, atol=1e-9)
    assert (np.diff(stds[100:]) > 0).all()  # once the feet stand
    # Four feet that wander by 2 cm in a root of a second each: their mean by half of that.
    assert stds[-1] == pytest.approx(0.02 * np.sqrt(2000 * DT) / 2, rel=0.15)


def test_in_the_air_the_accelerometer_alone_tells() -> None:
    base = BaseFilter(GO2)
    base.update(standing(), DT)
    flying = standing(accel=np.array([1.0, 0.0, 0.0]), foot_contact=np.zeros(4))
    for _ in range(100):
        base.update(flying, DT)
    seconds = 100 * DT
    np.testing.assert_allclose(
        base.estimate().velocity[0], [seconds, 0.0, -9.81 * seconds], atol=0.01
    )


def test_a_robot_that_lies_still_off_its_feet_goes_nowhere_by_a_crooked_sensor() -> None:
    base = BaseFilter(GO2)
    lying = standing(accel=np.array([0.2, 0.0, 9.81]), foot_contact=np.zeros(4))
    for _ in range(5000):
        base.update(lying, DT)
    assert np.abs(base.estimate().position[0, :2]).max() < 0.05  # 10 m by the accelerometer alone


def test_it_begins_anew_and_keeps_its_robots_apart() -> None:
    both = BaseFilter(GO2, 2)
    moving = standing((2,), accel=np.array([[3.0, 0.0, 9.81], [0.0, 0.0, 9.81]]))
    moving = replace(moving, foot_contact=np.zeros((2, 4)))
    for _ in range(50):
        both.update(moving, DT)
    first, second = both.estimate().velocity[:, 0]
    assert (first, second) == (pytest.approx(0.3, rel=0.05), pytest.approx(0.0, abs=1e-6))
    both.reset(np.array([True, False]))
    both.update(standing((2,)), DT)
    np.testing.assert_allclose(both.estimate().velocity[0], 0.0, atol=1e-9)


@pytest.mark.parametrize("torques", [False, True])
def test_a_walking_robot_knows_its_velocity_and_its_place(*, torques: bool) -> None:
    spec = replace(GO2, foot_sensors=not torques)
    policy = LocomotionPolicy(OnnxSession(SHIPPED), 2)
    command = np.stack([GaitCommand(vx=0.6).to_array(), GaitCommand(vy=0.2, wz=0.5).to_array()])
    model = robot_model_spec(GO2).compile()
    with BatchedSim([model, model], GO2, threads=1) as sim:
        base, errors = BaseFilter(spec, 2), []
        start = sim.truth().base_pos_w[:, :2]
        for _ in range(250):
            sim.step(policy.step(sim.measured(), command))
            base.update(sim.measured(), 0.02)
            errors.append(base.estimate().velocity - sim.truth().base_lin_vel_w)
        way = sim.truth().base_pos_w[:, :2] - start
        found = base.estimate()
    assert np.sqrt((np.array(errors[50:]) ** 2).sum(-1).mean()) < 0.06
    assert np.linalg.norm(way[0]) > 2.0
    assert np.linalg.norm(found.position[0, :2] - way[0]) < 0.03 * np.linalg.norm(way[0])


def test_torques_of_three_legs_tell_who_carries() -> None:
    dynamics = TorqueContacts(GO2)
    legs = Legs(GO2).posture(GO2.default_q)
    up = np.zeros((4, 3))
    up[[0, 1, 3], 2] = GO2.mass * 9.81 / 3
    torque = -(np.swapaxes(legs.jacobian(), -1, -2) @ up[..., None]).reshape(1, 12)
    np.testing.assert_array_equal(dynamics.of(standing((1,), tau=torque)), [[1, 1, 0, 1]])
