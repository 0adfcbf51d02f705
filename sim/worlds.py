"""N robots, each in a world of its own, in lock-step: what every kind of arena shares."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Generic, Protocol, Self, TypeVar

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.go2 import sensor_layout
from canter.sim.physics.base_state import TruthViews
from canter.sim.physics.batched_sim import ROOT_POSE, BatchedSim, GroundTruth
from canter.sim.physics.randomisation import Dynamics, DynamicsRanges, draw
from canter.sim.rendering.camera import VIEW_HEIGHT, VIEW_WIDTH, Camera, Image
from canter.sim.scenes.placement import Pose
from canter.sim.scenes.surroundings import yaw_quat

_DYNAMICS_STREAM = 0xD1

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Placed(Protocol):
    """What a world needs of its scene."""

    @property
    def seed(self) -> int:
        """Number the scene was drawn from."""

    @property
    def start(self) -> Pose:
        """Base pose at the start, world frame: x, y (m), yaw (rad)."""


AnyScene = TypeVar("AnyScene", bound=Placed)


def draw_dynamics(ranges: DynamicsRanges, scene: Placed, robot: RobotSpec) -> Dynamics:
    """Draw one robot's dynamics by its scene's seed."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, _DYNAMICS_STREAM]))
    return draw(ranges, 1, len(robot.joint_names), rng)


class Worlds(TruthViews, Generic[AnyScene]):
    """N robots, each in a scene of its own; use it from one thread.

    The same scenes and dynamics give the same bits on one machine.

    Args:
        scenes: one for each robot.
        models: of the scenes, of equal sizes; after the robot's own sensors stand those that
            count its contacts with each thing.
        dynamics: of the robots.
        robot: its description.
        threads: for physics; all cores by default.
    """

    view_size: tuple[int, int] = (VIEW_HEIGHT, VIEW_WIDTH)
    """Height and width of the robot's own view, px."""

    def __init__(
        self,
        scenes: Sequence[AnyScene],
        models: Sequence[mujoco.MjModel],
        dynamics: Sequence[Dynamics],
        robot: RobotSpec,
        threads: int | None = None,
    ) -> None:
        self.scenes = tuple(scenes)
        self.robot = robot
        self.dynamics = list(dynamics)
        self._sim = BatchedSim(
            models,
            robot,
            threads=threads,
            motor_delay=np.concatenate([d.delay_steps for d in self.dynamics]),
            strength=np.concatenate([d.strength for d in self.dynamics]),
        )
        self._kp_factor = np.concatenate([d.kp_factor for d in self.dynamics])
        self._kd_factor = np.concatenate([d.kd_factor for d in self.dynamics])
        self._touch_start = sensor_layout(robot).size
        self._things = models[0].nsensordata - self._touch_start
        self._data = mujoco.MjData(models[0])
        self._view: Camera | None = None
        self._overview: Camera | None = None
        self.touched_things: Bools = np.zeros((self.n, self._things), bool)
        """Which things each robot touched in the last step, (N, things)."""
        self.reset()

    @property
    def n(self) -> int:
        """Number of robots."""
        return len(self.scenes)

    @property
    def active(self) -> Bools:
        """Robots that :meth:`step` advances, a writable view, (N,)."""
        return self._sim.active

    def close(self) -> None:
        """Stop the physics threads."""
        self._sim.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the physics threads."""
        self.close()

    def reset(self, mask: Bools | None = None) -> None:
        """Put the masked robots, (N,), all by default, at rest into their scenes' start poses."""
        chosen = np.ones(self.n, bool) if mask is None else mask
        self._sim.reset(chosen)
        for i in np.flatnonzero(chosen):
            x, y, yaw = self.scenes[i].start
            root = self._sim.qpos[i]
            root[ROOT_POSE["pos_w"]] = [x, y, self.robot.standing_height]
            root[ROOT_POSE["quat"]] = yaw_quat(yaw)
        self.touched_things[chosen] = False
        self.active[chosen] = True

    def step(self, command: JointCommand) -> None:
        """Advance all robots by one control period, 20 ms, under a command of shape (N, 12)."""
        self._sim.step(
            replace(command, kp=command.kp * self._kp_factor, kd=command.kd * self._kd_factor)
        )
        found = self._sim.extra_sensor(self._touch_start, self._things)
        self.touched_things = np.asarray((found > 0).any(axis=1))

    @property
    def touched(self) -> Bools:
        """Whether each robot touched anything but the floor in the last step, (N,)."""
        return np.asarray(self.touched_things.any(axis=1))

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""
        return self._sim.measured()

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows, arrays (N, ...)."""
        return self._sim.truth()

    def times(self) -> Float:
        """Return the time since each robot's reset, s, (N,)."""
        return self._sim.state[:, self._sim.state_layout["time"]].ravel().copy()

    def render(self, i: int) -> Image:
        """Return what robot ``i`` sees, uint8 RGB, (*view_size, 3)."""
        if self._view is None:
            self._view = Camera(*self.view_size)
        return self._view.render(self._sim.models[i], self._posed(i))

    def overview(self, i: int, height: int = 360, width: int = 480) -> Image:
        """Return a view of robot ``i`` from behind and above, uint8 RGB, (height, width, 3)."""
        if self._overview is None or (self._overview.height, self._overview.width) != (
            height,
            width,
        ):
            self._overview = Camera(height, width, show_robot=True, pretty=True)
        yaw = float(self.truth().yaw()[i])
        return self._overview.follow(self._sim.models[i], self._posed(i), yaw)

    def _posed(self, i: int) -> mujoco.MjData:
        """Return scratch data with the kinematics of world ``i``."""
        model = self._sim.models[i]
        self._data.qpos[:] = self._sim.qpos[i]
        mujoco.mj_kinematics(model, self._data)
        mujoco.mj_camlight(model, self._data)
        return self._data
