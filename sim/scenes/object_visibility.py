"""Which objects the robot's camera sees, by the rule of :mod:`canter.sim.scenes.visibility`."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.sim.planar import Pose
from canter.sim.scenes.scene import Geom, Scene, SceneObject, to_world
from canter.sim.scenes.shapes import Thing
from canter.sim.scenes.visibility import VisibilityCheck, mounted_camera, rotation
from canter.sim.world_state import WorldState

READABLE = math.radians(62.0)
"""Largest angle between a board's normal and the direction to the camera to read it, rad."""
_STANDING = 0.02
"""A geom that begins lower than this stands on the floor, m."""


class ObjectVisibility:
    """Answers which objects of a scene are in view.

    A gate or bar is in view where both its posts are; a board where its face can be read.

    Args:
        scene: with the objects.
    """

    def __init__(self, scene: Scene, robot: RobotSpec = DEFAULT_ROBOT) -> None:
        self._scene, self._robot = scene, robot
        parts = [(i, part) for i, item in enumerate(scene.objects) for part in _parts(item)]
        self._of = np.array([i for i, _ in parts])
        self._hulls = [part for _, part in parts]
        self._sight = VisibilityCheck(self._hulls)

    def visible(self, world: WorldState) -> frozenset[int]:
        """Return the indices of the objects in view."""
        return self._visible(world.position_w, rotation(world.quat), world.pose)

    def showing(self, world: WorldState, pixels: float) -> frozenset[int]:
        """Return the indices of the objects of which more than so many pixels show."""
        jitter = self._scene.appearance.camera
        turn = rotation(world.quat)
        camera = mounted_camera(world.position_w, turn, jitter, self._robot)
        return frozenset(map(int, self._of[self._sight.pixels(camera) > pixels]))

    def ball_visible(self, world: WorldState) -> bool:
        """Tell whether the scene's ball, which lies on the floor, is in view."""
        ball = self._scene.ball
        if ball is None or world.ball_w is None:
            return False
        x, y = (float(v) for v in world.ball_w[:2])
        width = 2 * ball.radius
        hull = Thing("ball", "", ball.rgb, (width, width), x, y, 0.0)
        jitter = self._scene.appearance.camera
        camera = mounted_camera(world.position_w, rotation(world.quat), jitter, self._robot)
        return bool(VisibilityCheck([*self._hulls, hull]).visible(camera)[-1])

    def visible_standing(self, pose: Pose) -> frozenset[int]:
        """Return the objects in view of a robot that stands level at a pose."""
        x, y, yaw = pose
        turn = rotation(np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]))
        return self._visible(np.array([x, y, self._robot.standing_height]), turn, pose)

    def _visible(
        self, position_w: NDArray[np.float64], turn: NDArray[np.float64], pose: Pose
    ) -> frozenset[int]:
        jitter = self._scene.appearance.camera
        seen = self._sight.visible(mounted_camera(position_w, turn, jitter, self._robot))
        hidden = set(map(int, self._of[~seen]))
        return frozenset(
            i
            for i, item in enumerate(self._scene.objects)
            if i not in hidden and (item.role != "board" or readable(item, pose))
        )


def readable(board: SceneObject, pose: Pose) -> bool:
    """Tell whether a place lies before the face of a board, which looks along its x axis."""
    direction = math.atan2(pose[1] - board.y, pose[0] - board.x)
    return abs(math.remainder(direction - board.yaw, math.tau)) <= READABLE


def top_of(item: SceneObject) -> float:
    """Return the height of an object, roughly, m."""
    return max(geom.pos[2] + _up(geom) for geom in item.geoms)


def _parts(item: SceneObject) -> list[Thing]:
    """Return upright hulls that stand for a item."""
    if item.role in ("gate", "bar"):
        return [_hull(item, [s]) for s in item.geoms if s.pos[2] - _up(s) < _STANDING]
    return [_hull(item, list(item.geoms))]


def _hull(item: SceneObject, geoms: list[Geom]) -> Thing:
    """Return a cylinder about some geoms of a item."""
    reach = [(s.pos[0], s.pos[1], _out(s)) for s in geoms]
    x = (max(a + r for a, _, r in reach) + min(a - r for a, _, r in reach)) / 2
    y = (max(b + r for _, b, r in reach) + min(b - r for _, b, r in reach)) / 2
    radius = max(math.hypot(a - x, b - y) + r for a, b, r in reach)
    height = max(s.pos[2] + _up(s) for s in geoms)
    at = to_world(item, (x, y))
    return Thing("cylinder", item.colour, (0, 0, 0), (2 * radius, height), *at, item.yaw)


def _out(geom: Geom) -> float:
    """Return how far a geom reaches from its middle along the floor, roughly, m."""
    if geom.kind == "box":
        return max(geom.size[0], geom.size[1])
    return geom.size[0] if geom.kind not in ("cone", "pyramid") else geom.size[0] / 2


def _up(geom: Geom) -> float:
    """Return how far a geom reaches above its middle, roughly, m."""
    if geom.kind in ("box", "ellipsoid"):
        return geom.size[2]
    if geom.kind in ("cone", "pyramid"):
        return geom.size[0]
    return geom.size[-1]
