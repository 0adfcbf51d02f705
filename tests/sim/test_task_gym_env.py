import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from canter.control.errors import CanterError, SceneError
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.sim.gym_registration import env_id
from canter.sim.task_gym_env import TaskEnv
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task


def test_ids_are_the_tasks_names() -> None:
    assert env_id("go_to") == "Canter/GoTo-v0" and env_id("move") == "Canter/Move-v0"
    assert {env_id(name) for name in task_names()} <= set(gymnasium.registry)


@pytest.mark.parametrize("name", task_names())
def test_gymnasiums_own_checker_has_nothing_to_say(name: str) -> None:
    env = gymnasium.make(env_id(name), level=1)
    check_env(env.unwrapped, skip_render_check=True)
    env.close()


def test_an_expert_that_drives_through_the_environment_is_paid_once() -> None:
    env = TaskEnv("move", level=1)
    seen, info = env.reset(seed=5)
    assert info["task"] == "move" and not info["is_success"]
    assert env._env is not None and env._rollout is not None
    expert = task("move").expert(env._env.scenes[0])
    rewards, ended = [], False
    while not ended:
        expert.observe(env._rollout.worlds[0])
        seen, reward, terminated, truncated, info = env.step(expert.plan()[0])
        rewards.append(reward)
        ended = terminated or truncated
    assert terminated and not truncated and info["is_success"] and info["reason"] == ""
    assert rewards == [0.0] * (len(rewards) - 1) + [1.0]
    assert len(rewards) == -(-round(info["time"] / 0.02) // 5)
    assert seen["image"].shape == (96, 96, 3) and seen["image"].any()
    env.close()


def test_a_robot_that_stands_runs_out_of_time() -> None:
    env = TaskEnv("move", level=1)
    env.reset(seed=5)
    ended = [False, False]
    while not any(ended):
        *_, terminated, truncated, info = env.step(GaitCommand().to_array())
        ended = [terminated, truncated]
    assert ended == [False, True] and not info["is_success"]
    env.close()


def test_options_choose_the_scene_and_say_what_they_are_not() -> None:
    env = TaskEnv("go_to")
    seen, info = env.reset(seed=1, options={"words": {"colour": "green", "shape": "cone"}})
    assert info["words"] == {"colour": "green", "shape": "cone"}
    assert "cone" in seen["instruction"] or seen["instruction"]
    again, _ = env.reset(seed=1, options={"words": {"colour": "green", "shape": "cone"}})
    np.testing.assert_array_equal(seen["image"], again["image"])
    with pytest.raises(SceneError, match="level 9"):
        env.reset(options={"level": 9})
    with pytest.raises(SceneError, match="no task is called 'gooto'; did you mean 'go_to'"):
        TaskEnv("gooto")
    env.close()


@pytest.mark.parametrize("wrong", [np.zeros(11, np.float32), np.full(12, np.nan, np.float32)])
def test_odd_actions_are_refused_and_nothing_moves(wrong: np.ndarray) -> None:
    env = TaskEnv("go_to", level=1)
    env.reset(seed=0)
    assert env._env is not None
    before = env._env.truth().base_pos_w.copy()
    with pytest.raises(CanterError, match="action"):
        env.step(wrong)
    np.testing.assert_array_equal(env._env.truth().base_pos_w, before)
    env.close()


def test_an_action_is_a_gait_command() -> None:
    env = TaskEnv("go_to", level=1, render_mode="rgb_array")
    env.reset(seed=0)
    ahead = GaitCommand(vx=0.5).to_array()
    for _ in range(10):
        seen, *_ = env.step(ahead)
    last = seen["state"][6:18]
    assert last[GAIT_LAYOUT["vx"]].item() == pytest.approx(0.5)
    picture = env.render()
    assert picture is not None and picture.shape == (360, 480, 3)
    env.close()


def test_many_at_once() -> None:
    envs = gymnasium.make_vec("Canter/Crawl-v0", num_envs=2, vectorization_mode="sync")
    seen, _ = envs.reset(seed=0)
    assert seen["image"].shape == (2, 96, 96, 3) and len(seen["instruction"]) == 2
    assert not np.array_equal(*seen["image"])
    seen, reward, *_ = envs.step(envs.action_space.sample())
    assert reward.tolist() == [0.0, 0.0]
    envs.close()
