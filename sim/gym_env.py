"""One Go2 that follows velocity commands, as a Gymnasium environment: ``Canter/Go2Trot-v0``.

Importing this module registers it::

    import gymnasium
    import canter.sim.gym_env

    env = gymnasium.make("Canter/Go2Trot-v0")
"""

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from canter.sim.locomotion_config import ACTION_CLIP, LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD

ENV_ID = "Canter/Go2Trot-v0"

Observation = NDArray[np.float32]


class Go2TrotEnv(gymnasium.Env[Observation, NDArray[np.float32]]):
    """A robot with randomised dynamics under random commands, pushes and sensor noise.

    An observation holds what the policy sees on a robot, (size,), an action the twelve joint
    offsets before scaling, (12,). A fall terminates an episode, the time limit truncates it.
    ``reset(seed=...)`` draws the robot's dynamics anew; without a seed the same robot starts
    another episode. The same seed gives the same bits on one machine.

    Args:
        config: ranges of commands, dynamics, pushes and noise; those of training by default.
    """

    metadata = {"render_modes": [], "render_fps": round(1 / CONTROL_PERIOD)}  # noqa: RUF012

    def __init__(self, config: LocomotionConfig | None = None) -> None:
        self._config = config or LocomotionConfig()
        self._core: LocomotionEnv | None = None
        core = self._fresh_core(seed=0)
        outputs = core.actions.size
        self._actor = core.layout["actor"]
        self.observation_space = gymnasium.spaces.Box(
            -np.inf, np.inf, (core.layout.widths["actor"],), np.float32
        )
        self.action_space = gymnasium.spaces.Box(-ACTION_CLIP, ACTION_CLIP, (outputs,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode; returns the observation and what it was drawn from."""
        super().reset(seed=seed)
        core = self._core
        if seed is not None or core is None:
            core = self._fresh_core(int(self.np_random.integers(2**31)))
        core.restart(np.ones(1, bool))
        return self._seen(core.observe()), self._info(core)

    def step(
        self, action: NDArray[np.float32]
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Apply an action for one control period of 20 ms."""
        if self._core is None:
            raise gymnasium.error.ResetNeeded("the environment is closed; call reset() first")
        info = self._info(self._core)
        result = self._core.step(np.asarray(action)[None])
        return (
            self._seen(result.final_observation),
            result.reward.item(),
            bool(result.fallen.item()),
            bool(result.timed_out.item()),
            info | {"terms": result.terms},
        )

    def close(self) -> None:
        """Stop the simulation's threads; reset() starts them again."""
        if self._core is not None:
            self._core.close()
            self._core = None

    def _fresh_core(self, seed: int) -> LocomotionEnv:
        self.close()
        self._core = LocomotionEnv(1, self._config, seed=seed, threads=1)
        return self._core

    def _seen(self, observation: NDArray[np.float32]) -> Observation:
        """Return the actor's part of the only robot's observation."""
        return observation[0, self._actor].copy()

    def _info(self, core: LocomotionEnv) -> dict[str, Any]:
        """Return the command in force, in the order of GAIT_RANGES, and the drawn dynamics."""
        return {"command": core.commands[0].copy(), "dynamics": core.dynamics.recorded()}


if ENV_ID not in gymnasium.registry:
    gymnasium.register(ENV_ID, entry_point=f"{__name__}:{Go2TrotEnv.__name__}")
