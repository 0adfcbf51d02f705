"""The scenes of go_to in Bullet, behind what `canter.sim.arena.Arena` offers without a camera."""

from collections.abc import Sequence
from typing import Self

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2, RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.bullet.bullet_robot import BulletRobot, Setting
from canter.sim.bullet.bullet_sim import BulletSim
from canter.sim.bullet.client import pybullet
from canter.sim.isaacgym.rotations import rotate
from canter.sim.physics.base_state import TruthViews
from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.scenes.shapes import Thing
from canter.sim.scenes.surroundings import Geom, cone_vertices, solid_geoms, yaw_quat
from canter.sim.tasks.go_to.go_to_scene import Scene

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOTOR_DELAY = 0.008
"""Time by which commands reach the motors late, s, as in the nominal arena."""
_G = mujoco.mjtGeom


class BulletArena(TruthViews):
    """N robots, each in a scene of its own, in Bullet.

    Args:
        scenes: one for each robot.
        robot: its description.
    """

    def __init__(self, scenes: Sequence[Scene], robot: RobotSpec = GO2) -> None:
        self.scenes = tuple(scenes)
        setting = Setting()
        delay = round(MOTOR_DELAY / setting.timestep)
        self._sim = BulletSim([setting] * len(self.scenes), robot, motor_delay=delay)
        self._things: list[frozenset[int]] = []
        for i, scene in enumerate(self.scenes):
            one = self._sim.robots[i]
            bodies = [body for thing in scene.objects for body in add_object(one, thing)]
            self._things.append(frozenset(bodies))
            x, y, yaw = scene.start
            position = np.array([x, y, robot.standing_height])
            self._sim.place(i, position, np.array(yaw_quat(yaw)), robot.default_q)
        self.touched: Bools = np.zeros(self.n, bool)
        """Whether each robot touched an object in the last step, (N,)."""

    @property
    def n(self) -> int:
        """Number of robots."""
        return len(self.scenes)

    @property
    def active(self) -> Bools:
        """Robots that :meth:`step` advances, a writable view, (N,)."""
        return self._sim.active

    def close(self) -> None:
        """Leave all Bullet worlds."""
        self._sim.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave all Bullet worlds."""
        self.close()

    def step(self, command: JointCommand) -> None:
        """Advance all robots by one control period, 20 ms, under a command of shape (N, 12)."""
        self._sim.step(command)
        for i in np.flatnonzero(self.active):
            touching = {body for _, body, _ in self._sim.robots[i].contacts()}
            self.touched[i] = not touching.isdisjoint(self._things[i])

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""
        return self._sim.measured()

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows, arrays (N, ...)."""
        return self._sim.truth()

    def times(self) -> Float:
        """Return the time since each robot's start, s, (N,)."""
        return self._sim.times()


def add_object(robot: BulletRobot, thing: Thing) -> list[int]:
    """Put an object into a robot's world, as bodies that never move; return their numbers."""
    turn, foot = np.array(yaw_quat(thing.yaw)), np.array([thing.x, thing.y, 0.0])
    return [
        robot.add_still(_shape(robot, geom, thing), foot + rotate(turn, np.array(geom[2])), turn)
        for geom in solid_geoms(thing)
    ]


def _shape(robot: BulletRobot, geom: Geom, thing: Thing) -> int:
    """Return Bullet's collision shape of one of an object's geoms."""
    kind, size, _ = geom
    make = robot.client.createCollisionShape
    if kind == _G.mjGEOM_SPHERE:
        return int(make(pybullet.GEOM_SPHERE, radius=size[0]))
    if kind == _G.mjGEOM_BOX:
        return int(make(pybullet.GEOM_BOX, halfExtents=list(size)))
    if kind == _G.mjGEOM_MESH:
        return int(make(pybullet.GEOM_MESH, vertices=cone_vertices(thing.size[0]).tolist()))
    return int(make(pybullet.GEOM_CYLINDER, radius=size[0], height=2 * size[1]))
