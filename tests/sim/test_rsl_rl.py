"""The environment as rsl_rl sees it: the same robots that SB3 sees, in the package's own types."""

import numpy as np
import pytest
import torch

pytest.importorskip("rsl_rl", reason="extra [rsl]")

from rsl_rl.env import VecEnv
from rsl_rl.utils.utils import check_nan, resolve_obs_groups
from tensordict import TensorDict

from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.rsl_rl import OBS_GROUPS, LocomotionRslRlEnv
from canter.sim.sb3 import LocomotionVecEnv

N, STEPS = 6, 12
SHORT = LocomotionConfig(episode_s=0.12)


def core() -> LocomotionEnv:
    return LocomotionEnv(N, SHORT, seed=3, threads=1)


def packed(seen: TensorDict) -> np.ndarray:
    return torch.cat([seen["actor"], seen["privileged"]], dim=-1).numpy()


def test_it_steps_as_the_environment_of_sb3_does() -> None:
    ours, other = LocomotionRslRlEnv(core()), LocomotionVecEnv(core())
    assert isinstance(ours, VecEnv)
    np.testing.assert_array_equal(packed(ours.get_observations()), other.env.observe())
    rng, ends = np.random.default_rng(0), 0
    for _ in range(STEPS):
        action = rng.normal(size=(N, ours.num_actions)).astype(np.float32)
        seen, reward, done, extras = ours.step(torch.from_numpy(action))
        theirs, their_reward, their_done, infos = other.step(action)
        np.testing.assert_array_equal(packed(seen), theirs)
        np.testing.assert_array_equal(reward.numpy(), their_reward)
        np.testing.assert_array_equal(done.numpy(), their_done)
        late = [info.get("TimeLimit.truncated", False) for info in infos]
        assert extras["time_outs"].tolist() == late
        ends += int(their_done.sum())
        check_nan(seen, reward, done)
    assert ends > N  # episodes of six steps end within twelve
    ours.close()
    other.close()


def test_its_groups_are_those_that_a_runner_resolves() -> None:
    env = LocomotionRslRlEnv(core())
    seen = env.get_observations()
    assert resolve_obs_groups(seen, OBS_GROUPS, ["actor", "critic"]) == OBS_GROUPS
    assert seen.batch_size == torch.Size([N])
    assert {name: value.shape[1] for name, value in seen.items()} == dict(env.env.layout.widths)
    env.close()


def test_ages_are_the_environments_own_memory() -> None:
    env = LocomotionRslRlEnv(core())
    env.episode_length_buf = torch.full((N,), env.max_episode_length - 1)
    _, _, done, extras = env.step(torch.zeros(N, env.num_actions))
    assert done.all()
    assert extras["time_outs"].all()
    assert env.episode_length_buf.tolist() == [0] * N
    env.close()
