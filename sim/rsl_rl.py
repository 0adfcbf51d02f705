"""The batched locomotion environment as a native rsl_rl ``VecEnv`` (rsl-rl-lib 5)."""

from dataclasses import asdict
from typing import Any

import torch
from rsl_rl.env import VecEnv
from tensordict import TensorDict

from canter.sim.locomotion_env import LocomotionEnv

OBS_GROUPS: dict[str, list[str]] = {"actor": ["actor"], "critic": ["actor", "privileged"]}
"""Which groups of an observation actor and critic see; ``obs_groups`` of a runner."""


class LocomotionRslRlEnv(VecEnv):
    """N robots in one process, the same that ``canter.sim.sb3`` gives to SB3.

    An observation is a TensorDict with the groups ``actor`` and ``privileged`` (and ``dynamics``
    where the environment shows them). Episodes that end begin anew within the step; ``time_outs``
    of the extras tells those whose time was up. ``log`` holds each reward term.

    Args:
        env: the robots.
    """

    def __init__(self, env: LocomotionEnv) -> None:
        self.env = env
        self.num_envs = env.n
        self.num_actions = env.actions.size
        self.max_episode_length = env.limit
        self.device = "cpu"
        self.cfg = asdict(env.config)

    @property
    def episode_length_buf(self) -> torch.Tensor:
        """Control steps since each episode began, (N,), the environment's own memory."""
        return torch.from_numpy(self.env.age)

    @episode_length_buf.setter
    def episode_length_buf(self, ages: torch.Tensor) -> None:
        self.env.age[:] = ages.cpu().numpy()

    def get_observations(self) -> TensorDict:
        """Return what the robots see now, (N, size) by group."""
        return self._grouped(torch.from_numpy(self.env.observe()))

    def step(
        self, actions: torch.Tensor
    ) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Step all robots.

        Args:
            actions: (N, outputs).

        Returns:
            Observation, reward (N,), whether the episode ended (N,), and the extras.
        """
        result = self.env.step(actions.detach().cpu().numpy())
        timed_out = torch.from_numpy(result.timed_out)
        extras = {
            "time_outs": timed_out,
            "log": {f"/terms/{name}": value for name, value in result.terms.items()},
        }
        done = torch.from_numpy(result.fallen) | timed_out
        seen = self._grouped(torch.from_numpy(result.observation))
        return seen, torch.from_numpy(result.reward), done, extras

    def close(self) -> None:
        """Stop the simulation."""
        self.env.close()

    def _grouped(self, packed: torch.Tensor) -> TensorDict:
        """Return a packed observation by group."""
        layout = self.env.layout
        groups = {name: packed[:, layout[name]] for name in layout}
        return TensorDict(groups, batch_size=[self.num_envs])
