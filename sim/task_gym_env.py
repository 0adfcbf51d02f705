"""Tasks as Gymnasium environments: ``Canter/GoTo-v0``, ``Canter/Crawl-v0`` and so on.

With Canter installed, ``gymnasium.make("Canter/GoTo-v0")`` finds them by itself::

    import gymnasium

    env = gymnasium.make("Canter/GoTo-v0")
    seen, info = env.reset(seed=3, options={"level": 2, "words": {"colour": "red"}})
"""

import string
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec, Observation
from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import GAIT_RANGES
from canter.sim.gym_registration import register_envs
from canter.sim.instructions import instruction_of
from canter.sim.locomotion.action_check import checked_action
from canter.sim.rendering.camera import Image
from canter.sim.rollout import Rollout, stopped_when_done
from canter.sim.scene_env import RECORDING_CAMERA, SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task

LONGEST_INSTRUCTION = 300
STATE_LAYOUT = Layout({"gyro_mean": 3, "gravity": 3, "last_command": 12, "q": 12, "qd": 12})
"""Order of ``state``: mean angular velocity since the last picture (rad/s) and unit gravity, base
frame; the command in force, order of GAIT_RANGES; joint angles (rad) and speeds (rad/s)."""
CHARACTERS = string.ascii_letters + string.digits + string.punctuation + " "

Seen = dict[str, Any]
Action = NDArray[np.float32]


class TaskEnv(gymnasium.Env[Seen, Action]):
    """One robot at one task; a step lasts from one picture to the next.

    An observation holds ``image`` (uint8 RGB, camera.shape), ``state`` (STATE_LAYOUT) and
    ``instruction`` (what the robot is told). An action is a GaitCommand, order of GAIT_RANGES,
    (12,), executed by the shipped gait. The reward is 1 at the step at which the task is done by
    the strict criterion, else 0. An episode is terminated when it is decided and truncated when
    its time is up; ``info`` holds ``is_success``, ``reason``, ``task`` and ``words``.

    ``reset`` takes options ``level``, ``split`` and ``words``, as
    :class:`canter.sim.scenes.scene_request.SceneRequest` does. The same seed gives the same bits.

    Args:
        name: of the task.
        level: of the scenes unless reset says otherwise.
        split: likewise.
        camera: of the robot.
        render_mode: "rgb_array": ``render()`` returns a view from behind and above; None: no view.

    Raises:
        CanterError: no such task, or another render mode.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(
        self,
        name: str,
        level: int = 2,
        split: str = "seen",
        camera: CameraSpec = RECORDING_CAMERA,
        render_mode: str | None = None,
    ) -> None:
        modes = self.metadata["render_modes"]
        if render_mode is not None and render_mode not in modes:
            raise CanterError(f"no render_mode '{render_mode}'; it may be {', '.join(modes)}")
        self.render_mode = render_mode
        self.metadata = self.metadata | {"render_fps": round(1 / camera.period)}
        self._task, self._camera = task(name), camera
        self._usual: dict[str, Any] = {"level": level, "split": split}
        self._session = OnnxSession(GAIT)
        self._env: SceneEnv | None = None
        self._rollout: Rollout | None = None
        self._observation: Observation | None = None
        self._instruction = ""
        low, high = np.array(list(GAIT_RANGES.values()), np.float32).T
        self.action_space = gymnasium.spaces.Box(low, high, dtype=np.float32)
        self.observation_space = gymnasium.spaces.Dict(
            {
                "image": gymnasium.spaces.Box(0, 255, camera.shape, np.uint8),
                "state": gymnasium.spaces.Box(-np.inf, np.inf, (STATE_LAYOUT.size,), np.float32),
                "instruction": gymnasium.spaces.Text(LONGEST_INSTRUCTION, charset=CHARACTERS),
            }
        )

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Seen, dict[str, Any]]:
        """Begin an episode in a scene that is drawn from the seed.

        Raises:
            SceneError: the options ask for what no scene is.
        """
        super().reset(seed=seed)
        scene_seed = int(self.np_random.integers(2**31))
        scene = self._task.sample(SceneRequest(scene_seed, **(self._usual | (options or {}))))
        self.close()
        self._instruction = instruction_of(scene)
        self._env = SceneEnv([scene], camera=self._camera)
        self._rollout = Rollout(self._env, LocomotionPolicy(self._session), _NoPolicy())
        return self._see(self._rollout), self._info(self._rollout)

    def step(self, action: Action) -> tuple[Seen, float, bool, bool, dict[str, Any]]:
        """Execute a GaitCommand until the next picture.

        Raises:
            CanterError: the action is of another shape, or not finite; nothing has moved then.
        """
        if self._rollout is None or self._observation is None:
            raise gymnasium.error.ResetNeeded("no episode has begun; call reset() first")
        command = checked_action(action, len(GAIT_RANGES)).astype(np.float32)
        low, high = np.array(list(GAIT_RANGES.values()), np.float32).T
        chunk = np.tile(np.clip(command, low, high), (1, self._camera.commands_per_picture, 1))
        self._rollout.execute(self._observation, stopped_when_done(chunk))
        info = self._info(self._rollout)
        decided = bool(self._rollout.decided[0])
        late = info["time"] >= self._task.time_limit_s - self._camera.period / 2
        truncated = late and not info["is_success"]
        seen = self._see(self._rollout)
        return seen, float(info["is_success"]), decided and not truncated, truncated, info

    def render(self) -> Image | None:
        """Return a view of the robot, uint8 RGB, (360, 480, 3); None without a render mode."""
        if self.render_mode is None:
            return None
        if self._env is None:
            raise gymnasium.error.ResetNeeded("no episode has begun; call reset() first")
        return self._env.overview(0)

    def close(self) -> None:
        """Stop the physics; reset() starts it again."""
        if self._env is not None:
            self._env.close()
        self._env = self._rollout = self._observation = None

    def _see(self, rollout: Rollout) -> Seen:
        self._observation = seen = rollout.observe()
        state = STATE_LAYOUT.pack(
            {
                "gyro_mean": seen.gyro_mean,
                "gravity": seen.gravity,
                "last_command": seen.last_command,
                "q": seen.state.q,
                "qd": seen.state.qd,
            }
        )
        return {
            "image": seen.images[0] if rollout.env.active[0] else rollout.env.render(0),
            "state": state[0].astype(np.float32),
            "instruction": self._instruction,
        }

    def _info(self, rollout: Rollout) -> dict[str, Any]:
        result = rollout.results()[0]
        return {
            "is_success": result.strict,
            "reason": result.reason,
            "time": result.time,
            "task": self._task.name,
            "words": dict(rollout.env.scenes[0].words),
        }


class _NoPolicy:
    """Stands where a rollout wants a policy: the environment's user is the policy."""

    def reset(self, instructions: object) -> None:
        """Do nothing."""

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Never asked.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError


register_envs()
