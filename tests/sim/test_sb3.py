from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecEnv, VecMonitor
from torch import nn

from canter.control.errors import CanterError
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.ranges import TerrainRanges
from canter.sim.sb3 import LocomotionVecEnv

CALM = LocomotionConfig(push_speed=0.0, episode_s=0.1)
ZERO = np.zeros((4, 12), np.float32)
Flags = NDArray[np.bool_]


@pytest.fixture
def env() -> LocomotionVecEnv:
    return LocomotionVecEnv(LocomotionEnv(4, CALM, threads=1))


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
    env.env.age[:] = [0, 1, 2, 3]
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


@pytest.mark.filterwarnings("ignore:Evaluation environment:UserWarning")
def test_reset_begins_whole_episodes_and_evaluation_counts_them(env: LocomotionVecEnv) -> None:
    for _ in range(3):
        step(env)
    model = PPO("MlpPolicy", env, n_steps=2, batch_size=8)
    for weight in model.policy.parameters():
        nn.init.zeros_(weight)
    _, lengths = evaluate_policy(model, env, n_eval_episodes=8, return_episode_rewards=True)
    assert lengths == [5] * 8


def test_training_spreads_the_ends_of_its_episodes() -> None:
    env = LocomotionVecEnv(LocomotionEnv(64, threads=1), spread_ends=True)
    reset(env)
    ages = env.env.age
    assert ages.min() >= 0 and ages.max() < env.env.limit and len(set(ages.tolist())) > 32
    env.close()


def test_a_seed_before_reset_repeats_everything_after_it(env: LocomotionVecEnv) -> None:
    def played(seed: int) -> list[NDArray[np.float32]]:
        env.seed(seed)
        return [reset(env).copy(), *(step(env)[0].copy() for _ in range(7))]

    first = played(7)
    np.testing.assert_array_equal(first, played(7))
    assert np.abs(first[0] - played(8)[0]).max() > 1e-3
    assert np.abs(reset(env) - reset(env)).max() > 1e-3  # a seed counts for one reset


def test_unknown_options_are_refused(env: LocomotionVecEnv) -> None:
    env.set_options({"slope": 0.1})
    with pytest.raises(CanterError, match=r"reset options.*slope"):
        env.reset()


def test_what_a_wrapper_writes_into_an_info_is_gone_at_the_next_step(
    env: LocomotionVecEnv,
) -> None:
    *_, infos = step(env)
    infos[0]["mine"] = 1
    *_, infos = step(env)
    assert "mine" not in infos[0]


def test_an_action_that_is_no_number_is_refused_by_environment(env: LocomotionVecEnv) -> None:
    reset(env)
    bad = ZERO.copy()
    bad[2, 5] = np.nan
    before = env.env.sim.state.copy()
    with pytest.raises(CanterError, match="environment 2 holds nan at output 5"):
        env.step(bad)
    np.testing.assert_array_equal(env.env.sim.state, before)
    with pytest.raises(CanterError, match=r"shape \(4, 11\); pass \(4, 12\)"):
        env.step(ZERO[:, :11])
    with pytest.raises(CanterError, match="type object"):
        env.step(np.full((4, 12), None))
    _, reward, _, _ = step(env)
    assert np.isfinite(reward).all()
    assert np.isfinite(list(env.term_means.values())).all()


def test_robots_are_drawn_on_their_own_grounds_or_not_at_all() -> None:
    steep = TerrainRanges(slope=0.3, shares=(1.0, 0.0, 0.0))
    core = LocomotionEnv(2, replace(CALM, terrain=steep), threads=1)
    env = LocomotionVecEnv(core, render_mode="rgb_array")
    reset(env)
    one, other = env.get_images()
    assert one is not None and other is not None
    assert one.shape == (360, 480, 3) and np.abs(one.astype(int) - other).max() > 20
    assert env.render_mode == "rgb_array" and env.get_attr("render_mode") == ["rgb_array"] * 2
    assert env.render() is not None
    assert LocomotionVecEnv(core).get_images() == [None, None]
    with pytest.raises(CanterError, match="no render_mode 'human'"):
        LocomotionVecEnv(core, render_mode="human")
    env.close()


def test_robots_cannot_be_set_one_by_one(env: LocomotionVecEnv) -> None:
    with pytest.raises(CanterError, match="'commands' per robot"):
        env.set_attr("commands", 0)
    with pytest.raises(CanterError, match="'reset' per robot"):
        env.env_method("reset")
