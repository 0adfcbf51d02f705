import gymnasium
import numpy as np
from numpy.typing import NDArray

from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.sim.gym_env import ENV_ID, Go2TrotEnv
from canter.sim.locomotion_config import LocomotionConfig

CALM = LocomotionConfig(push_speed=0.0)


def trajectory(seed: int, steps: int = 20) -> NDArray[np.float32]:
    env = Go2TrotEnv()
    seen = [env.reset(seed=seed)[0]]
    actions = np.random.default_rng(3).normal(0, 0.3, (steps, 12)).astype(np.float32)
    seen += [env.step(action)[0] for action in actions]
    env.close()
    return np.stack(seen)


def test_it_is_registered_and_shows_the_actors_view_alone() -> None:
    env = gymnasium.make(ENV_ID)
    size = observation_layout(LOCOMOTION_TERMS).size
    assert env.observation_space.shape == (size,)
    assert env.reset(seed=1)[0].shape == (size,)
    env.close()


def test_a_seed_fixes_the_bits() -> None:
    first = trajectory(5)
    np.testing.assert_array_equal(first, trajectory(5))
    assert np.abs(first - trajectory(6)).max() > 1e-3


def test_time_truncates() -> None:
    env = Go2TrotEnv(LocomotionConfig(episode_s=0.2, push_speed=0.0))
    env.reset(seed=0)
    ends = [env.step(np.zeros(12, np.float32))[2:4] for _ in range(10)]
    assert ends == [(False, False)] * 9 + [(False, True)]
    env.close()


def test_a_fall_terminates_and_the_last_view_is_of_the_fall() -> None:
    env = Go2TrotEnv(CALM)
    env.reset(seed=0)
    folded = np.tile(np.array([0.0, 10.0, -10.0], np.float32), 4)
    for _ in range(100):
        seen, _, terminated, truncated, _ = env.step(folded)
        if terminated:
            break
    assert terminated and not truncated
    from_default_pose = seen[observation_layout(LOCOMOTION_TERMS)["joint_pos"]]
    assert np.abs(from_default_pose).max() > 0.5  # a new episode begins within 0.1 rad of it
    fresh, _ = env.reset()
    assert np.abs(fresh[observation_layout(LOCOMOTION_TERMS)["joint_pos"]]).max() < 0.2
    env.close()


def test_reset_without_a_seed_keeps_the_robot() -> None:
    env = Go2TrotEnv(CALM)
    _, first = env.reset(seed=4)
    _, again = env.reset()
    _, other = env.reset(seed=5)
    assert first["dynamics"] == again["dynamics"] != other["dynamics"]
    env.close()
