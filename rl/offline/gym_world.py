"""Data of an environment of Gymnasium, from policies that have learnt for a while, with noise."""

import functools
from collections.abc import Callable, Sequence

import gymnasium
import numpy as np
from numpy.typing import NDArray
from stable_baselines3 import PPO

from canter.control.errors import CanterError
from canter.rl.offline.sequence_agent import SequenceAgent
from canter.rl.offline.sequence_model import SequenceModel
from canter.rl.offline.trajectories import Trajectory
from canter.rl.progress import progress_bar

Float = NDArray[np.float32]

PIECES = 3
"""Times at which the policy in training records its share of the data: bad, middling, better."""
PIECE_STEPS = 10_000
"""Of the environment, between two of them."""
NOISES = (0.1, 0.3, 0.6)
"""Added to actions, standard deviation in halves of their range; in turn."""
AT_ONCE = 300
"""Environments side by side."""
ROLLOUT_STEPS = 1024
"""Of the PPO that records, between its updates."""


def check(name: str) -> None:
    """Make sure that an environment is there and takes actions that these models can give.

    Raises:
        CanterError: it is not; says what to name.
    """
    try:
        env = gymnasium.make(name)
    except gymnasium.error.Error as error:
        raise CanterError(
            f"no world '{name}' ({str(error).splitlines()[0]}); name stitching, or an environment "
            "of Gymnasium such as Hopper-v5"
        ) from error
    spaces = env.observation_space, env.action_space
    env.close()
    if not all(isinstance(s, gymnasium.spaces.Box) and len(s.shape) == 1 for s in spaces):
        raise CanterError(
            f"{name} takes {spaces[1]} and shows {spaces[0]}; these models know vectors of real "
            "numbers: name another, such as Hopper-v5"
        )


def recorded(name: str, count: int, seed: int) -> list[Trajectory]:
    """Return episodes of a policy that is trained meanwhile; the lower half counts as failed."""
    env = gymnasium.make(name)
    learner = PPO("MlpPolicy", env, n_steps=ROLLOUT_STEPS, seed=seed, device="cpu")
    episodes: list[Trajectory] = []
    with progress_bar() as bar:
        task = bar.add_task(f"{name}: policies and episodes", total=PIECES, report="")
        for piece in range(PIECES):
            learner.learn(PIECE_STEPS, reset_num_timesteps=not piece)
            first, share = (seed * PIECES + piece) * count, count // PIECES
            noise = (seed, piece)
            episodes += _episodes(
                name, share, first, functools.partial(_Noisy, learner, seed=noise)
            )
            scores = [float(e.rewards.sum()) for e in episodes]
            bar.update(task, completed=piece + 1, report=f"returns to {max(scores):.0f}")
    middle = float(np.median(scores))
    return [
        Trajectory(e.observations, e.actions, e.rewards, failed=score < middle)
        for e, score in zip(episodes, scores, strict=True)
    ]


def asked(
    name: str, model: SequenceModel, count: int, seed: int, told: float | None
) -> list[float]:
    """Return the returns of a model's episodes, of the same starts for every model."""
    first = 10**6 + seed * count
    driven = _episodes(name, count, first, lambda robots: SequenceAgent(model, robots, told))
    return [float(episode.rewards.sum()) for episode in driven]


class _Noisy:
    """A policy of stable-baselines3 with noise on its actions, where an agent is expected.

    Args:
        learner: whose policy it is.
        robots: side by side.
        seed: of the noise.
    """

    def __init__(self, learner: PPO, robots: int, seed: tuple[int, int]) -> None:
        self._learner, self._rng = learner, np.random.default_rng(seed)
        space = learner.action_space
        assert isinstance(space, gymnasium.spaces.Box)
        self._noise = np.resize(NOISES, robots)[:, None] * (space.high - space.low) / 2

    def act(self, observations: Float) -> Float:
        """Return the actions, (N, A), for observations, (N, O)."""
        chosen, _ = self._learner.predict(observations, deterministic=True)
        return np.asarray(chosen + self._noise * self._rng.normal(size=chosen.shape), np.float32)

    def earn(self, rewards: Float) -> None:
        """Remember nothing."""


def _episodes(
    name: str, count: int, first_seed: int, agent_of: Callable[[int], _Noisy | SequenceAgent]
) -> list[Trajectory]:
    """Return whole episodes, one for each seed from the first on."""
    found: list[Trajectory] = []
    for start in range(0, count, AT_ONCE):
        seeds = range(first_seed + start, first_seed + min(start + AT_ONCE, count))
        found += _side_by_side(name, seeds, agent_of(len(seeds)))
    return found


def _side_by_side(
    name: str, seeds: Sequence[int], agent: _Noisy | SequenceAgent
) -> list[Trajectory]:
    envs = [gymnasium.make(name) for _ in seeds]
    seen = np.stack([env.reset(seed=s)[0] for env, s in zip(envs, seeds, strict=True)])
    space = envs[0].action_space
    assert isinstance(space, gymnasium.spaces.Box)
    rows: list[list[tuple[Float, Float, float]]] = [[] for _ in seeds]
    running, rewards = set(range(len(envs))), np.zeros(len(envs), np.float32)
    while running:
        seen = seen.astype(np.float32)
        actions = np.clip(agent.act(seen), space.low, space.high)
        after = seen.copy()
        for i in sorted(running):
            after[i], reward, ended, cut, _ = envs[i].step(actions[i])
            rewards[i] = reward
            rows[i].append((seen[i], actions[i], float(reward)))
            if ended or cut:
                running.remove(i)
        agent.earn(rewards)
        seen = after
    for env in envs:
        env.close()
    return [_trajectory(row) for row in rows]


def _trajectory(rows: Sequence[tuple[Float, Float, float]]) -> Trajectory:
    seen, done, earned = (np.stack(c).astype(np.float32) for c in zip(*rows, strict=True))
    return Trajectory(seen, done, earned)
