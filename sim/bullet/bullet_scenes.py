"""Scenes with a robot in each in Bullet; see :class:`canter.sim.scene_engine.SceneEngine`."""

from collections.abc import Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.command_policy import CameraSpec
from canter.control.errors import SceneError
from canter.control.robot import RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.bullet.bullet_robot import BulletRobot, Setting
from canter.sim.bullet.bullet_sim import BulletSim
from canter.sim.bullet.client import pybullet
from canter.sim.isaacgym.rotations import product, rotate
from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.scenes.meshes import cone_vertices, pyramid_vertices
from canter.sim.scenes.scene import Geom, Scene, SceneCapacity, SceneObject
from canter.sim.scenes.surroundings import yaw_quat

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOTOR_DELAY = 0.008
"""Time by which commands reach the motors late, s, as in the nominal dynamics."""


class BulletScenes:
    """N robots, each in a scene of its own, in Bullet, with nominal dynamics and no camera.

    Args:
        scenes: one for each robot.
        capacity: of their task.
        camera: not used: Bullet's worlds are not drawn.
        robot: its description.
        ranges: not used: the dynamics are nominal.
        threads: not used: Bullet takes one.

    Raises:
        SceneError: a scene has a ball.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        capacity: SceneCapacity,
        camera: CameraSpec,
        robot: RobotSpec,
        ranges: Sequence[DynamicsRanges],
        threads: int | None,
    ) -> None:
        del camera, ranges, threads
        with_ball = sorted({scene.task for scene in scenes if scene.ball is not None})
        if with_ball:
            raise SceneError(
                f"{', '.join(with_ball)}: scenes with a ball run in MuJoCo alone; choose another "
                "task or the engine mujoco"
            )
        self._scenes, self._robot = tuple(scenes), robot
        setting = Setting()
        delay = round(MOTOR_DELAY / setting.timestep)
        self._sim = BulletSim([setting] * len(scenes), robot, motor_delay=delay)
        self._touched: Bools = np.zeros((len(scenes), capacity.objects), bool)
        self._object_of: list[dict[int, int]] = []
        for i, scene in enumerate(self._scenes):
            one = self._sim.robots[i]
            bodies = {
                body: k for k, item in enumerate(scene.objects) for body in add_object(one, item)
            }
            self._object_of.append(bodies)

    @property
    def active(self) -> Bools:
        """Robots that :meth:`step` advances, a writable view, (N,)."""
        return self._sim.active

    def close(self) -> None:
        """Leave all Bullet worlds."""
        self._sim.close()

    def reset(self, chosen: Bools) -> None:
        """Put the chosen robots, (N,), to their starts, at rest."""
        for i in map(int, np.flatnonzero(chosen)):
            x, y, yaw = self._scenes[i].start
            position = np.array([x, y, self._robot.standing_height])
            self._sim.place(i, position, np.array(yaw_quat(yaw)), self._robot.default_q)
        self._touched[chosen] = False

    def step(self, command: JointCommand, adapter: GainAdapter | None) -> None:
        """Advance all robots by one control period, 20 ms, under a command of shape (N, 12)."""
        self._sim.step_adapted(command, adapter)
        for i in map(int, np.flatnonzero(self.active)):
            touching = {body for _, body, _ in self._sim.robots[i].contacts()}
            self._touched[i] = False
            for body in touching & self._object_of[i].keys():
                self._touched[i, self._object_of[i][body]] = True

    def touched(self) -> Bools:
        """Tell which objects each robot touched in the last step, (N, objects)."""
        return self._touched

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""
        return self._sim.measured()

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows, arrays (N, ...)."""
        return self._sim.truth()

    def times(self) -> Float:
        """Return the time since each robot's start, s, (N,)."""
        return self._sim.times()

    def balls(self) -> list[Float | None]:
        """Return None for every scene: none has a ball."""
        return [None] * len(self._scenes)

    def drawable(self, i: int) -> NoReturn:
        """Refuse to draw.

        Raises:
            SceneError: always.
        """
        raise SceneError(f"robot {i} is in Bullet, which is not drawn; choose the engine mujoco")


def add_object(robot: BulletRobot, item: SceneObject) -> list[int]:
    """Put an object into a robot's world, as bodies that never move; return their numbers."""
    turn, foot = np.array(yaw_quat(item.yaw)), np.array([item.x, item.y, 0.0])
    return [
        robot.add_still(
            _shape(robot, geom),
            foot + rotate(turn, np.array(geom.pos)),
            product(turn, np.array(geom.quat)),
        )
        for geom in item.geoms
        if geom.touchable
    ]


def _shape(robot: BulletRobot, geom: Geom) -> int:
    """Return Bullet's collision shape of a geom.

    Raises:
        SceneError: Bullet has no such shape.
    """
    make, size = robot.client.createCollisionShape, geom.size
    if geom.kind == "sphere":
        return int(make(pybullet.GEOM_SPHERE, radius=size[0]))
    if geom.kind == "box":
        return int(make(pybullet.GEOM_BOX, halfExtents=list(size)))
    if geom.kind in ("cone", "pyramid"):
        corners = cone_vertices if geom.kind == "cone" else pyramid_vertices
        return int(make(pybullet.GEOM_MESH, vertices=corners(size[0]).tolist()))
    if geom.kind in ("cylinder", "capsule"):
        kind = pybullet.GEOM_CYLINDER if geom.kind == "cylinder" else pybullet.GEOM_CAPSULE
        return int(make(kind, radius=size[0], height=2 * size[1]))
    return int(make(pybullet.GEOM_MESH, vertices=_ellipsoid(size).tolist()))


def _ellipsoid(half_axes: Sequence[float], rings: int = 12) -> Float:
    """Return points of an ellipsoid, m, (2 rings^2, 3), whose hull lies within 1% of its axes."""
    polar, azimuth = np.meshgrid(
        np.linspace(0.0, np.pi, rings), np.linspace(0.0, 2 * np.pi, 2 * rings, endpoint=False)
    )
    unit = [np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)]
    return np.asarray(np.stack(unit, axis=-1).reshape(-1, 3) * np.array(half_axes))
