"""Which props the robot's camera sees, by the rule of :mod:`canter.sim.rendering.visibility`."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene, Prop, Solid, to_world
from canter.sim.rendering.visibility import Sight, mounted_camera, rotation
from canter.sim.scenes.placement import Pose
from canter.sim.scenes.shapes import SceneObject

READABLE = math.radians(62.0)
"""Largest angle between a board's normal and the direction to the camera to read it, rad."""
_STANDING = 0.02
"""A solid that begins lower than this stands on the floor, m."""


class PropSight:
    """Answers which props of a scene are in view.

    A gate or bar is in view where both its posts are; a board where its face can be read.

    Args:
        scene: with the props.
    """

    def __init__(self, scene: FamilyScene) -> None:
        self._scene = scene
        parts = [(i, part) for i, prop in enumerate(scene.props) for part in _parts(prop)]
        self._of = np.array([i for i, _ in parts])
        self._sight = Sight([part for _, part in parts])

    def visible(self, moment: Moment) -> frozenset[int]:
        """Return the indices of the props in view."""
        return self._visible(moment.position_w, rotation(moment.quat), moment.pose)

    def visible_standing(self, pose: Pose) -> frozenset[int]:
        """Return the props in view of a robot that stands level at a pose."""
        x, y, yaw = pose
        turn = rotation(np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]))
        return self._visible(np.array([x, y, GO2.standing_height]), turn, pose)

    def _visible(
        self, position_w: NDArray[np.float64], turn: NDArray[np.float64], pose: Pose
    ) -> frozenset[int]:
        seen = self._sight.visible(mounted_camera(position_w, turn, self._scene.look.camera))
        hidden = set(map(int, self._of[~seen]))
        return frozenset(
            i
            for i, prop in enumerate(self._scene.props)
            if i not in hidden and (prop.role != "board" or readable(prop, pose))
        )


def readable(board: Prop, pose: Pose) -> bool:
    """Tell whether a place lies before the face of a board, which looks along its x axis."""
    direction = math.atan2(pose[1] - board.y, pose[0] - board.x)
    return abs(math.remainder(direction - board.yaw, math.tau)) <= READABLE


def _parts(prop: Prop) -> list[SceneObject]:
    """Return upright hulls that stand for a prop."""
    if prop.role in ("gate", "bar"):
        return [_hull(prop, [s]) for s in prop.solids if s.pos[2] - _up(s) < _STANDING]
    return [_hull(prop, list(prop.solids))]


def _hull(prop: Prop, solids: list[Solid]) -> SceneObject:
    """Return a cylinder about some solids of a prop."""
    reach = [(s.pos[0], s.pos[1], _out(s)) for s in solids]
    x = (max(a + r for a, _, r in reach) + min(a - r for a, _, r in reach)) / 2
    y = (max(b + r for _, b, r in reach) + min(b - r for _, b, r in reach)) / 2
    radius = max(math.hypot(a - x, b - y) + r for a, b, r in reach)
    height = max(s.pos[2] + _up(s) for s in solids)
    at = to_world(prop, (x, y))
    return SceneObject("cylinder", prop.colour, (0, 0, 0), (2 * radius, height), *at, prop.yaw)


def _out(solid: Solid) -> float:
    """Return how far a solid reaches from its middle along the floor, roughly, m."""
    if solid.kind == "box":
        return max(solid.size[0], solid.size[1])
    return solid.size[0] if solid.kind not in ("cone", "pyramid") else solid.size[0] / 2


def _up(solid: Solid) -> float:
    """Return how far a solid reaches above its middle, roughly, m."""
    if solid.kind in ("box", "ellipsoid"):
        return solid.size[2]
    if solid.kind in ("cone", "pyramid"):
        return solid.size[0]
    return solid.size[-1]
