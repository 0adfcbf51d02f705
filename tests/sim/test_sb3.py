from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv, VecMonitor

from canter.control.errors import CanterError
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.sb3 import LocomotionVecEnv

CALM = LocomotionConfig(push_speed=0.0, episode_s=0.1)
ZERO = np.zeros((4, 12), np.float32)
Flags = NDArray[np.bool_]


@pytest.fixture
def env() -> LocomotionVecEnv:
    core = LocomotionEnv(4, CALM, threads=1)
    core.age[:] = [0, 1, 2, 3]
    return LocomotionVecEnv(core)


def reset(env: VecEnv) -> NDArray[np.float32]:
    seen = env.reset()
    assert isinstance(seen, np.ndarray)
    return seen


def step(env: VecEnv) -> tuple[NDArray[np.float32], NDArray[np.float32], Flags, list[Any]]:
    seen, reward, done, infos = env.step(ZERO[: env.num_envs])
    assert isinstance(seen, np.ndarray)
    return seen, reward, done, infos


def test_shapes_and_types(env: LocomotionVecEnv) -> None:
    seen = reset(env)
    assert seen.shape == (4, env.env.layout.size) and seen.dtype == np.float32
    assert env.observation_space.shape == seen.shape[1:]
    seen, reward, done, infos = step(env)
    assert (seen.shape[0], reward.shape, done.shape, len(infos)) == (4, (4,), (4,), 4)
    assert env.get_attr("render_mode") == [None] * 4
    assert env.env_is_wrapped(gymnasium.Wrapper, [0, 2]) == [False, False]


def test_episodes_that_end_tell_their_last_view_and_why(env: LocomotionVecEnv) -> None:
    reset(env)
    total = 0.0
    for number in range(5):
        seen, reward, done, infos = step(env)
        total += float(reward[0])
        for robot in range(4):
            if not done[robot]:
                assert infos[robot] == {}
                continue
            last = infos[robot]["terminal_observation"]
            assert infos[robot]["TimeLimit.truncated"] is True
            assert last.shape == seen[robot].shape and np.abs(last - seen[robot]).max() > 1e-3
            assert infos[robot]["episode"]["l"] == number + 1
    assert done.tolist() == [True, False, False, False]
    assert infos[0]["episode"]["r"] == pytest.approx(total, rel=1e-5)


def test_a_fall_is_no_truncation() -> None:
    core = LocomotionEnv(2, LocomotionConfig(push_speed=0.0, min_height=1.0), threads=1)
    env = LocomotionVecEnv(core)
    _, _, done, infos = step(env)
    assert done.all()
    assert [info["TimeLimit.truncated"] for info in infos] == [False, False]
    env.close()


def test_it_wears_sb3s_wrappers(env: LocomotionVecEnv) -> None:
    wrapped = VecMonitor(env)
    reset(wrapped)
    assert step(wrapped)[0].shape == (4, env.env.layout.size)


def test_robots_cannot_be_set_one_by_one(env: LocomotionVecEnv) -> None:
    with pytest.raises(CanterError, match="'commands' per robot"):
        env.set_attr("commands", 0)
    with pytest.raises(CanterError, match="'reset' per robot"):
        env.env_method("reset")
