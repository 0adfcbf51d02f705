"""The velocity that legs tell, against the simulator's truth."""

import numpy as np

from canter.control.dynamics.base_estimator import VelocityEstimator
from canter.control.dynamics.dynamics import GRAVITY
from canter.control.dynamics.rotations import matrix_of_quat
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT
from canter.sim.locomotion.locomotion_commands import default_commands
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_TWIST, BatchedSim
from canter.sim.robots.equip import robot_model_spec
from tests.control.states import standing

COMMANDS = ({"vx": 0.6}, {"vx": -0.4, "wz": 0.8}, {"vy": 0.3})
SETTLE, STEPS = 50, 150


def test_walking_robots_know_how_fast_they_go() -> None:
    commands = default_commands(len(COMMANDS))
    for row, values in zip(commands, COMMANDS, strict=True):
        for name, value in values.items():
            row[GAIT_LAYOUT[name]] = value
    policy = LocomotionPolicy(OnnxSession(SHIPPED), len(COMMANDS))
    estimator = VelocityEstimator(GO2, len(COMMANDS), CONTROL_PERIOD)
    errors, truths = [], []
    with BatchedSim([robot_model_spec(GO2).compile()] * len(COMMANDS), GO2, threads=1) as sim:
        for step in range(STEPS):
            state = sim.measured()
            into_base = np.swapaxes(matrix_of_quat(state.quat), -1, -2)
            truth = (into_base @ sim.qvel[:, ROOT_TWIST["lin_vel_w"]][..., None])[..., 0]
            seen = estimator.update(state)
            if step >= SETTLE:
                errors.append(seen - truth)
                truths.append(truth)
            sim.step(policy.step(state, commands))
    rms = np.sqrt(np.square(errors).mean(axis=0))
    assert (rms < 0.09).all()
    bias = np.abs(np.mean(errors, axis=0))[:, :2]
    assert (bias < 0.03).all()
    assert np.abs(np.mean(truths, axis=0))[:, :2].max(axis=-1).min() > 0.2  # they do walk


def test_a_robot_without_ground_falls_freely() -> None:
    estimator = VelocityEstimator(GO2, 1, CONTROL_PERIOD)
    flying = standing((1,), foot_contact=np.zeros((1, 4)))
    for step in (1, 2, 3):
        fallen = [[0.0, 0.0, -GRAVITY * step * CONTROL_PERIOD]]
        np.testing.assert_allclose(estimator.update(flying), fallen, atol=1e-12)
    estimator.reset(np.array([True]))
    np.testing.assert_allclose(
        estimator.update(flying), [[0.0, 0.0, -GRAVITY * CONTROL_PERIOD]], atol=1e-12
    )
