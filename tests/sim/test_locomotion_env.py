import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.gait.action import StiffnessAction
from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.robot import GO2, LEGS
from canter.control.types import GAIT_LAYOUT
from canter.sim.locomotion.locomotion_commands import (
    CommandRanges,
    command_fields,
    default_commands,
    sample_commands,
)
from canter.sim.locomotion_config import (
    STIFFNESS_SCALE,
    LocomotionConfig,
)
from canter.sim.locomotion_env import PRIVILEGED, LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_TWIST
from canter.sim.physics.dynamics_view import DYNAMICS_VIEW
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.robots.equip import control_layout

CALM = LocomotionConfig(push_speed=0.0, noise=(0.0, 0.0, 0.0, 0.0))
ZERO = np.zeros((4, 12))
TERMS = observation_layout(LOCOMOTION_TERMS)


def rolled(seed: int, config: LocomotionConfig, steps: int = 15) -> NDArray[np.float32]:
    env = LocomotionEnv(4, config, seed=seed, threads=1)
    actions = np.random.default_rng(1).normal(0, 0.3, (steps, 4, 12))
    seen = np.stack([env.step(action).observation for action in actions])
    env.close()
    return seen


def test_a_seed_fixes_the_bits_and_dynamics_matter() -> None:
    first = rolled(3, LocomotionConfig())
    np.testing.assert_array_equal(first, rolled(3, LocomotionConfig()))
    assert np.abs(first - rolled(4, LocomotionConfig())).max() > 1e-3
    heavy = replace(CALM, randomisation=DynamicsRanges(added_mass=(3.0, 3.0)))
    light = replace(CALM, randomisation=DynamicsRanges(added_mass=(-1.0, -1.0)))
    assert np.abs(rolled(3, heavy) - rolled(3, light)).max() > 1e-3


def test_actions_are_offsets_from_the_default_pose_through_the_drawn_gains() -> None:
    fixed = DynamicsRanges(strength=(1.0, 1.0), delay_steps=(0, 0))
    env = LocomotionEnv(4, replace(CALM, randomisation=fixed), threads=1)
    action = np.random.default_rng(0).uniform(-1, 1, (4, 12))
    env.step(action)
    kp, kd = GO2.kp * env.dynamics.kp_factor, GO2.kd * env.dynamics.kd_factor
    target = np.clip(GO2.default_q + GO2.action_scale * action, GO2.q_min, GO2.q_max)
    expected = np.concatenate([kp * target, kp, kd], axis=-1)
    np.testing.assert_allclose(env.sim.ctrl[:, -1], expected)
    env.close()


def test_actions_set_the_stiffness_of_each_leg() -> None:
    by_leg = StiffnessAction(LEGS, (30.0, 120.0), 0.2)
    fixed = DynamicsRanges(strength=(1.0, 1.0), delay_steps=(0, 0))
    env = LocomotionEnv(4, replace(CALM, randomisation=fixed, stiffness=by_leg), threads=1)
    action = np.random.default_rng(0).uniform(-3, 6, (4, 16))
    seen = env.step(action).observation
    kp = np.repeat(np.clip(60.0 + STIFFNESS_SCALE * action[:, 12:], 30.0, 120.0), 3, axis=1)
    ctrl = env.sim.ctrl[:, -1]
    layout = control_layout(GO2)
    np.testing.assert_allclose(ctrl[:, layout["kp"]], kp * env.dynamics.kp_factor)
    np.testing.assert_allclose(ctrl[:, layout["kd"]], 0.2 * np.sqrt(kp) * env.dynamics.kd_factor)
    terms = observation_layout(env.terms)
    np.testing.assert_allclose(seen[:, terms["last_action"]], np.clip(action, -10, 10))
    env.close()


def test_an_actor_that_looks_back_sees_its_last_frames() -> None:
    brief = replace(CALM, episode_s=0.1)
    envs = [
        LocomotionEnv(4, replace(brief, history=history), seed=5, threads=1) for history in (1, 4)
    ]
    layouts = [observation_layout(env.terms) for env in envs]
    frames: list[NDArray[np.float32]] = []
    age = np.zeros(4, int)
    for action in np.random.default_rng(1).normal(0, 0.3, (12, 4, 12)):
        now, looked_back = (env.step(action) for env in envs)
        frames.append(now.observation[:, layouts[0]["joint_pos"]])
        ended = now.fallen | now.timed_out
        age = np.where(ended, 0, np.minimum(age + 1, len(frames) - 1))
        seen = looked_back.observation[:, layouts[1]["joint_pos"]].reshape(4, 4, 12)
        for robot in range(4):
            past = [frames[-1 - min(back, age[robot])][robot] for back in (3, 2, 1, 0)]
            np.testing.assert_array_equal(seen[robot], past)
    for env in envs:
        env.close()


def test_the_drawn_dynamics_stand_last_where_they_are_shown() -> None:
    env = LocomotionEnv(4, replace(CALM, dynamics_shown=True), threads=1)
    shown = DYNAMICS_VIEW.unpack(env.observe()[:, env.layout["dynamics"]])
    drawn = env.dynamics
    np.testing.assert_allclose(shown["added_mass"][:, 0], drawn.added_mass / 4.0, atol=1e-6)
    np.testing.assert_allclose(shown["trunk_com"], drawn.com_shift / 0.05, atol=1e-6)
    np.testing.assert_allclose(shown["kp_factor"], (drawn.kp_factor - 1) / 0.3, atol=1e-6)
    np.testing.assert_allclose(shown["delay_steps"][:, 0], (drawn.delay_steps - 2) / 3, atol=1e-6)
    assert env.layout.size == env.layout["dynamics"].stop
    env.close()


def test_observation_shows_command_and_action_and_hides_the_truth() -> None:
    env = LocomotionEnv(4, CALM, threads=1)
    commands = default_commands(4)
    commands[:, GAIT_LAYOUT["vx"]] = 0.5
    env.set_commands(commands)
    action = np.full((4, 12), 0.25)
    seen = env.step(action).observation
    actor = TERMS.unpack(seen[:, env.layout["actor"]])
    np.testing.assert_allclose(actor["velocity_command"], [[0.5, 0.0, 0.0]] * 4)
    np.testing.assert_allclose(actor["last_action"], action)
    np.testing.assert_allclose(actor["joint_pos"], env.sim.q - GO2.default_q, atol=1e-6)
    angle = 2 * math.pi * 2.0 * CONTROL_PERIOD  # a trot steps at 2 Hz
    np.testing.assert_allclose(actor["gait_clock"], [[math.sin(angle), math.cos(angle), 1]] * 4)
    privileged = PRIVILEGED.unpack(seen[:, env.layout["privileged"]])
    velocity = env.sim.truth().base_lin_vel_yaw()
    np.testing.assert_allclose(privileged["velocity"], velocity, atol=1e-6)
    assert env.layout.size == TERMS.size + PRIVILEGED.size
    env.close()


def test_pushes_add_a_planar_velocity_within_the_bound() -> None:
    often = replace(CALM, push_speed=0.7, push_every_s=CONTROL_PERIOD / 2)  # every step
    env = LocomotionEnv(64, often, threads=1)
    before = env.sim.qvel[:, ROOT_TWIST["lin_vel_w"]].copy()
    env._disturb()
    kick = env.sim.qvel[:, ROOT_TWIST["lin_vel_w"]] - before
    speed = np.linalg.norm(kick[:, :2], axis=-1)
    assert speed.min() > 0 and 0.6 < speed.max() <= 0.7
    np.testing.assert_array_equal(kick[:, 2], 0.0)
    assert np.abs(kick[:, :2].mean(0)).max() < 0.25
    env.close()


def test_time_limit_and_fall_are_told_apart() -> None:
    env = LocomotionEnv(4, replace(CALM, episode_s=0.1), threads=1)
    env.age[:] = [0, 1, 2, 3]
    ends = np.stack([env.step(ZERO).timed_out for _ in range(5)])
    step, robot = np.nonzero(ends)
    assert (step.tolist(), robot.tolist()) == ([1, 2, 3, 4], [3, 2, 1, 0])
    env.close()
    env = LocomotionEnv(4, replace(CALM, min_height=1.0, episode_s=0.02), threads=1)
    result = env.step(ZERO)
    assert result.fallen.all() and not result.timed_out.any()
    assert not env.age.any()
    env.close()


def test_commands_are_drawn_within_their_ranges_and_some_are_to_stand() -> None:
    ranges = CommandRanges()
    fields = command_fields(sample_commands(ranges, 4000, np.random.default_rng(0)))
    for name in ("vx", "vy", "wz", "body_height"):
        low, high = getattr(ranges, name)
        assert (
            low <= fields[name].min() < 0.9 * low and 0.9 * high < fields[name].max() <= high + 1e-6
        )
    still = (fields["vx"] == 0) & (fields["vy"] == 0) & (fields["wz"] == 0)
    assert still.mean() == pytest.approx(0.15, abs=0.03)
