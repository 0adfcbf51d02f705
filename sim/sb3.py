"""The batched locomotion environment as a native stable-baselines3 ``VecEnv``.

An actor trained on it is deployed by ``canter policy import --recipe canter_trot``
(docs/foreign_policies.md).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvStepReturn

from canter.control.errors import CanterError
from canter.sim.locomotion.follow_view import RENDER_MODES, RobotViews, checked_render_mode
from canter.sim.locomotion_config import ACTION_CLIP
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.rendering.camera import Image

Indices = int | Iterable[int] | None


def policy_spaces(size: int, outputs: int) -> tuple[gymnasium.spaces.Box, gymnasium.spaces.Box]:
    """Return the spaces of observations of this size and of actions of so many outputs."""
    seen = gymnasium.spaces.Box(-np.inf, np.inf, (size,), np.float32)
    return seen, gymnasium.spaces.Box(-ACTION_CLIP, ACTION_CLIP, (outputs,), np.float32)


class LocomotionVecEnv(VecEnv):
    """N robots in one process.

    Observations hold the actor's terms first and the critic's privileged ones behind.
    ``term_means`` keeps the running mean of every reward term for logging. ``seed(n)`` before
    ``reset()`` fixes commands, starts, pushes and noise; the robots' dynamics and grounds are
    those of ``LocomotionEnv(seed=...)``.

    Args:
        env: the robots.
        render_mode: "rgb_array": ``get_images()`` and ``render()`` draw the robots; None: no views.
        spread_ends: ``reset()`` gives robots random ages, so that their first episodes end at
            different times: for training, where resets of all at once would come in waves.

    Raises:
        CanterError: another render mode.
    """

    metadata = {"render_modes": list(RENDER_MODES)}  # noqa: RUF012

    def __init__(
        self, env: LocomotionEnv, *, render_mode: str | None = None, spread_ends: bool = False
    ) -> None:
        self.env = env
        self._views = RobotViews(env.sim, checked_render_mode(render_mode))
        self._spread_ends = spread_ends
        outputs = env.actions.size
        seen, acted = policy_spaces(env.layout.size, outputs)
        super().__init__(env.n, seen, acted)
        self.term_means: dict[str, float] = {}
        self._actions = np.zeros((env.n, outputs), np.float32)
        self._returns, self._lengths = np.zeros(env.n), np.zeros(env.n, np.int64)

    def reset(self) -> NDArray[np.float32]:
        """Begin a new episode with every robot and return what they see.

        Raises:
            CanterError: options were set; there are none.
        """
        if any(self._options):
            raise CanterError(f"unknown reset options {self._options}; there are none to set")
        (seed, *_) = self._seeds
        if seed is not None:
            self.env.reseed(seed)
        self._reset_seeds()
        self.env.restart(np.ones(self.num_envs, bool))
        if self._spread_ends:
            self.env.spread_ages()
        self._returns[:], self._lengths[:] = 0.0, 0
        return self.env.observe()

    def step_async(self, actions: NDArray[np.float32]) -> None:
        """Keep the actions, (N, outputs), for :meth:`step_wait`, which checks them."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Step all robots."""
        result = self.env.step(self._actions)
        self._returns += result.reward
        self._lengths += 1
        for name, value in result.terms.items():
            self.term_means[name] = 0.99 * self.term_means.get(name, value) + 0.01 * value
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        done = result.fallen | result.timed_out
        for i in np.flatnonzero(done):
            infos[i] = {
                "terminal_observation": result.final_observation[i],
                "TimeLimit.truncated": bool(result.timed_out[i]),
                "episode": {"r": float(self._returns[i]), "l": int(self._lengths[i])},
            }
        self._returns[done], self._lengths[done] = 0.0, 0
        return result.observation, result.reward, done, infos

    def close(self) -> None:
        """Stop the simulation."""
        self.env.close()

    def get_images(self) -> Sequence[Image | None]:
        """Return a view of each robot, uint8 RGB, (360, 480, 3); None without a render mode."""
        return [self._views.draw(i) for i in range(self.num_envs)]

    def get_attr(self, attr_name: str, indices: Indices = None) -> list[Any]:
        """Return an attribute, the same for every robot."""
        of_views = attr_name == "render_mode"
        value = self._views.render_mode if of_views else getattr(self.env, attr_name)
        return [value] * len(list(self._get_indices(indices)))

    def set_attr(self, attr_name: str, value: object, indices: Indices = None) -> None:
        """Refuse: robots share one environment."""
        raise CanterError(f"cannot set '{attr_name}' per robot: all robots share one environment")

    def env_method(
        self, method_name: str, *args: object, indices: Indices = None, **kwargs: object
    ) -> list[Any]:
        """Refuse: robots share one environment."""
        raise CanterError(
            f"cannot call '{method_name}' per robot: all robots share one environment"
        )

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: Indices = None
    ) -> list[bool]:
        """Return False for every robot."""
        return [False] * len(list(self._get_indices(indices)))
