"""The baseline: PPO (arXiv:1707.06347) with the teacher's score as a reward, and no pairs.

At the end of each segment a robot gets by how much less the teacher holds against it than against
the segments of the pairs, on average; nothing before, and `FALL` where it fell. It starts from the
same gait, with as much noise on each action as the styles of the pairs have, and takes as many
control steps as the pairs did.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env.base_vec_env import VecEnvStepReturn
from torch import nn

from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.control.types import Array
from canter.rl.locomotion.asymmetric_policy import ActorBody, AsymmetricPolicy
from canter.rl.locomotion.locomotion_variants import policy_arguments
from canter.rl.locomotion.presets import preset
from canter.rl.preferences.exported_gait import KIND, TunableGait
from canter.rl.preferences.judged_pairs import JudgedPairs
from canter.rl.preferences.preference_settings import GaitTuning
from canter.rl.preferences.segments import QUIET
from canter.rl.preferences.teachers import TEACHERS, cost, packed_scores
from canter.rl.progress import progress_bar
from canter.sim.locomotion.gait_style import GaitStyle, StyleMeter
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.sb3 import LocomotionVecEnv

FALL = -5.0
SEGMENTS = 8
"""Segments of an episode; the first, in which it settles, and one that ends it are not scored."""


Score = Callable[[GaitStyle], Array]
"""From what N robots did in a segment to their rewards, (N,)."""


class TeacherEnv(LocomotionVecEnv):
    """Robots that walk in step, segment by segment, and are scored by a teacher.

    Args:
        env: the robots; none of their episodes ends within a segment, but by a fall.
        network: the start, whose calibration of commands stands before what the actor sees.
        score: from what N robots did in a segment to their rewards, (N,).
        steps: control steps of a segment.
    """

    def __init__(self, env: LocomotionEnv, network: TunableGait, score: Score, steps: int) -> None:
        super().__init__(env)
        self._network, self._score, self._segment = network, score, steps
        self._meter = self._fresh_meter()

    def reset(self) -> NDArray[np.float32]:
        """Begin new episodes."""
        seen = super().reset()
        self._meter = self._fresh_meter()
        return self._told(seen)

    def step_wait(self) -> VecEnvStepReturn:
        """Step all robots; the reward is the teacher's."""
        before = self.env.age.copy()
        seen, _, done, infos = super().step_wait()
        self._meter.watch(self.env.phase)
        fallen = done & ~np.array([i.get("TimeLimit.truncated", False) for i in infos])
        reward = np.where(fallen, FALL, 0.0)
        self._broken |= done
        self._count += 1
        if self._count == self._segment:
            whole = ~self._broken & (before >= self._segment)
            reward = np.where(whole, self._score(self._meter.style()), reward)
            self._meter = self._fresh_meter()
        for i in np.flatnonzero(done):
            infos[i]["terminal_observation"] = self._told(infos[i]["terminal_observation"])
        assert isinstance(seen, np.ndarray)
        return self._told(seen), reward.astype(np.float32), done, infos

    def _fresh_meter(self) -> StyleMeter:
        self._count, self._broken = 0, np.zeros(self.num_envs, bool)
        return StyleMeter(self.env.sim, self.env.terrain, self.env.commands)

    def _told(self, seen: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return an observation whose actor's part is calibrated, as the actor is told it."""
        size = self.env.layout.widths["actor"]
        told = seen.copy()
        told[..., :size] = self._network.whole.told(torch.from_numpy(seen[..., :size])).numpy()
        return told


class _Bar(BaseCallback):
    """Shows how far it is."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self._bar, self._total = progress_bar(), total

    def _on_training_start(self) -> None:
        self._bar.start()
        self._task = self._bar.add_task("ppo", total=self._total, report="")

    def _on_step(self) -> bool:
        self._bar.update(self._task, completed=self.num_timesteps)
        return True

    def close(self) -> None:
        """Take the progress bar off the terminal."""
        self._bar.stop()


def reinforce(
    network: TunableGait, judged: JudgedPairs, settings: GaitTuning, robot: RobotSpec
) -> None:
    """Train the network's actor by reinforcement, in place.

    Args:
        network: the start.
        judged: pairs whose teacher, noise and number of control steps are taken.
        settings: of the run.
        robot: the robot.

    Raises:
        CanterError: no scripted teacher judged the pairs.
    """
    origin, steps = judged.pairs.origin, judged.pairs.action.shape[2]
    if origin.teacher not in TEACHERS:
        raise CanterError(
            f"the pairs were judged by '{origin.teacher}', who gives no score to be rewarded with; "
            "take another --method, or pairs of a scripted teacher"
        )
    how, locomotion = settings.ppo, preset(KIND)
    usual = float(cost(judged.pairs.scores, origin.teacher).mean())
    config = replace(QUIET, episode_s=SEGMENTS * steps * CONTROL_PERIOD)
    core = LocomotionEnv(how.robots, config, seed=settings.seed, robot=robot)

    def score(style: GaitStyle) -> Array:
        return np.asarray(usual - cost(packed_scores(style), origin.teacher))

    with closing(TeacherEnv(core, network, score, steps)) as env:
        widths = network.widths
        locomotion = replace(
            locomotion,
            network=replace(locomotion.network, widths=widths),
            ppo=replace(locomotion.ppo, initial_log_std=float(np.log(origin.noise))),
        )
        torch.manual_seed(settings.seed)
        model = PPO(
            AsymmetricPolicy,
            env,
            learning_rate=how.rate,
            n_steps=steps,
            batch_size=max(2, steps * how.robots // how.minibatches),
            n_epochs=how.epochs,
            seed=settings.seed,
            device="cpu",
            policy_kwargs=policy_arguments(locomotion, env.env.layout.widths, robot),
        )
        body, last = _actor(model)
        body.hidden.load_state_dict(network.body.hidden.state_dict())
        last.load_state_dict(network.last.state_dict())
        with closing(_Bar(origin.walked)) as bar:
            model.learn(origin.walked, callback=bar)
    network.body.hidden.load_state_dict(body.hidden.state_dict())
    network.last.load_state_dict(last.state_dict())


def _actor(model: PPO) -> tuple[ActorBody, nn.Linear]:
    """Return the hidden layers of the actor and the last one."""
    policy = model.policy
    if not isinstance(policy, AsymmetricPolicy):
        raise TypeError(f"expected an AsymmetricPolicy, got {type(policy).__name__}")
    return policy.actor_parts()
