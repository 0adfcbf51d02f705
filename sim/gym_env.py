"""One robot that follows velocity commands, as a Gymnasium environment: ``Canter/Go2Trot-v0``.

Importing this module registers it::

    import gymnasium
    import canter.sim.gym_env

    env = gymnasium.make("Canter/Go2Trot-v0")

A policy trained on it can be evaluated on it; only `canter train locomotion` writes files for
robots yet (docs/policies.md).
"""

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from canter.control.gait.observation import observation_layout
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.sim.gym_registration import TROT_ID, register_envs
from canter.sim.locomotion.action_check import checked_action
from canter.sim.locomotion.follow_view import RENDER_MODES, RobotViews, checked_render_mode
from canter.sim.locomotion_config import ACTION_CLIP, LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rendering.camera import Image

ENV_ID = TROT_ID

Observation = NDArray[np.float32]


class Go2TrotEnv(gymnasium.Env[Observation, NDArray[np.float32]]):
    """A robot with randomised dynamics under random commands, pushes and sensor noise.

    An observation holds what the policy sees on a robot, (size,), an action the twelve joint
    offsets before scaling, (12,). A fall terminates an episode, the time limit truncates it.
    ``reset(seed=...)`` draws the robot's dynamics anew; without a seed the first reset draws them
    from entropy and later ones start another episode of the same robot. The same seed gives the
    same bits on one machine.

    Args:
        config: ranges of commands, dynamics, pushes and noise; those of training by default.
        render_mode: "rgb_array": ``render()`` returns a view from behind and above; None: no view.
        robot: the robot.

    Raises:
        CanterError: another render mode.
    """

    metadata = {  # noqa: RUF012
        "render_modes": list(RENDER_MODES),
        "render_fps": round(1 / CONTROL_PERIOD),
    }

    def __init__(
        self,
        config: LocomotionConfig | None = None,
        render_mode: str | None = None,
        robot: RobotSpec = DEFAULT_ROBOT,
    ) -> None:
        self.render_mode, self._robot = checked_render_mode(render_mode), robot
        self._config = config or LocomotionConfig()
        self._core: LocomotionEnv | None = None
        self._views: RobotViews | None = None
        self._outputs = self._config.action_map(robot).size
        self._seen_size = observation_layout(self._config.terms(robot)).size
        self.observation_space = gymnasium.spaces.Box(
            -np.inf, np.inf, (self._seen_size,), np.float32
        )
        self.action_space = gymnasium.spaces.Box(
            -ACTION_CLIP, ACTION_CLIP, (self._outputs,), np.float32
        )

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
        """Apply an action for one control period of 20 ms.

        Raises:
            CanterError: the action is of another shape, or not finite; nothing has moved then.
        """
        core = self._running()
        action = checked_action(action, self._outputs)
        info = self._info(core)
        result = core.step(action[None])
        return (
            self._seen(result.final_observation),
            result.reward.item(),
            bool(result.fallen.item()),
            bool(result.timed_out.item()),
            info | {"terms": result.terms},
        )

    def render(self) -> Image | None:
        """Return a view of the robot, uint8 RGB, (360, 480, 3); None without a render mode."""
        core = self._running()
        if self._views is None:
            self._views = RobotViews(core.sim, self.render_mode)
        return self._views.draw(0)

    def close(self) -> None:
        """Stop the simulation's threads; reset() starts them again."""
        if self._core is not None:
            self._core.close()
            self._core = None

    def _running(self) -> LocomotionEnv:
        """Return the simulation; before the first reset and after close there is none."""
        if self._core is None:
            raise gymnasium.error.ResetNeeded("no episode has begun; call reset() first")
        return self._core

    def _fresh_core(self, seed: int) -> LocomotionEnv:
        self.close()
        self._views = None
        self._core = LocomotionEnv(1, self._config, seed=seed, threads=1, robot=self._robot)
        return self._core

    def _seen(self, observation: NDArray[np.float32]) -> Observation:
        """Return the actor's part of the only robot's observation."""
        return observation[0, : self._seen_size].copy()

    def _info(self, core: LocomotionEnv) -> dict[str, Any]:
        """Return the command in force, in the order of GAIT_RANGES, and the drawn dynamics."""
        return {"command": core.commands[0].copy(), "dynamics": core.dynamics.recorded()}


register_envs()
