"""N robots, each in a scene of its own, in lock-step: the environment of every task."""

import math
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Literal, Self

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.command_policy import CameraSpec
from canter.control.errors import SceneError
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.physics.base_state import fallen_of, poses_of, speeds_of
from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.physics.ranges import NOMINAL_DYNAMICS, DynamicsRanges
from canter.sim.rendering.camera import Camera, Image
from canter.sim.scene_engine import SceneEngine
from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.tasks.registry import task
from canter.sim.world_state import WorldState

Engine = Literal["mujoco", "bullet"]
ENGINES: dict[Engine, str] = {
    "mujoco": "canter.sim.mujoco_scenes:MujocoScenes",
    "bullet": "canter.sim.bullet.bullet_scenes:BulletScenes",
}
"""What steps the scenes, "module:class", loaded when used: Bullet is an extra."""
RECORDING_CAMERA = CameraSpec(
    height=96, width=96, fovy=2 * math.atan(96 / 64 * math.tan(math.radians(35))), period=0.1
)
"""Camera of data and of experts. Its focal length in pixels is that of a view of 64 rows over 70
degrees, which is therefore its middle rows."""

Bools = NDArray[np.bool_]


class SceneEnv:
    """N robots, each in a scene of its own, all of one task; use it from one thread.

    The same scenes, dynamics and commands give the same bits on one machine.

    Args:
        scenes: one for each robot.
        camera: of the robots; a model's contract names it.
        robot: their description.
        dynamics: from which each robot's are drawn, by its scene's seed: the same for all robots,
            or one for each.
        engine: "mujoco", or "bullet", which cannot be drawn and has nominal dynamics alone.
        threads: for physics; one by default, for several processes share the cores.

    Raises:
        SceneError: no scenes, or of several tasks, or an engine that cannot hold them.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        *,
        camera: CameraSpec = RECORDING_CAMERA,
        robot: RobotSpec = DEFAULT_ROBOT,
        dynamics: DynamicsRanges | Sequence[DynamicsRanges] = NOMINAL_DYNAMICS,
        engine: Engine = "mujoco",
        threads: int | None = 1,
    ) -> None:
        names = sorted({scene.task for scene in scenes})
        if len(names) != 1:
            told = ", ".join(names) or "none"
            raise SceneError(f"an environment takes scenes of one task, got {told}")
        self.scenes, self.camera, self.robot = tuple(scenes), camera, robot
        module, _, name = ENGINES[engine].partition(":")
        make: Callable[
            [
                Sequence[Scene],
                SceneCapacity,
                CameraSpec,
                RobotSpec,
                Sequence[DynamicsRanges],
                int | None,
            ],
            SceneEngine,
        ] = getattr(import_module(module), name)
        capacity = task(names[0]).capacity
        ranges = [dynamics] * self.n if isinstance(dynamics, DynamicsRanges) else dynamics
        self._engine = make(self.scenes, capacity, camera, robot, ranges, threads)
        self._view: Camera | None = None
        self._overview: Camera | None = None
        self.reset()

    @property
    def n(self) -> int:
        """Number of robots."""
        return len(self.scenes)

    @property
    def active(self) -> Bools:
        """Robots that :meth:`step` advances, a writable view, (N,)."""
        return self._engine.active

    def close(self) -> None:
        """Give the engine back."""
        self._engine.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the engine back."""
        self.close()

    def reset(self, mask: Bools | None = None) -> None:
        """Put the masked robots, (N,), all by default, at rest into their scenes' start poses."""
        chosen = np.ones(self.n, bool) if mask is None else mask
        self.active[chosen] = True
        self._engine.reset(chosen)

    def step(self, command: JointCommand, adapter: GainAdapter | None = None) -> None:
        """Advance all active robots by one control period, 20 ms.

        Args:
            command: what the policy asks for, (N, 12).
            adapter: what changes it at every physics step, for N robots; None for nothing.
        """
        self._engine.step(command, adapter)

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""
        return self._engine.states()

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows, arrays (N, ...)."""
        return self._engine.truth()

    def times(self) -> NDArray[np.float64]:
        """Return the time since each robot's reset, s, (N,)."""
        return self._engine.times()

    def world_states(self) -> list[WorldState]:
        """Return what checkers and experts see of each robot."""
        truth, times, balls = self.truth(), self.times(), self._engine.balls()
        poses, speeds, fallen = poses_of(truth), speeds_of(truth), fallen_of(truth)
        touched = self._engine.touched()
        return [
            WorldState(
                time=float(times[i]),
                pose=poses[i],
                position_w=truth.base_pos_w[i],
                quat=truth.base_quat[i],
                speed=float(speeds[i]),
                touched=bool(touched[i].any()),
                touched_objects=frozenset(map(int, np.flatnonzero(touched[i]))),
                fallen=bool(fallen[i]),
                ball_w=balls[i],
                standing_height=self.robot.standing_height,
            )
            for i in range(self.n)
        ]

    def drawable(self, i: int) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """Return robot ``i``'s model, not to be changed, and scratch data with its kinematics."""
        return self._engine.drawable(i)

    def render(self, i: int) -> Image:
        """Return what robot ``i`` sees, uint8 RGB, camera.shape."""
        if self._view is None:
            self._view = Camera(self.camera.height, self.camera.width)
        return self._view.render(*self.drawable(i))

    def overview(self, i: int, height: int = 360, width: int = 480) -> Image:
        """Return a view of robot ``i`` from behind and above, uint8 RGB, (height, width, 3)."""
        if self._overview is None or (self._overview.height, self._overview.width) != (
            height,
            width,
        ):
            self._overview = Camera(height, width, show_robot=True, pretty=True)
        yaw = float(self.truth().yaw()[i])
        return self._overview.follow(*self.drawable(i), yaw)
