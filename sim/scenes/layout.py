"""Turns and shifts a layout that was drawn about the origin so that it lies well on the floor."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from canter.sim.planar import Pose, wrap
from canter.sim.scenes.placement import FLOOR_HALF
from canter.sim.scenes.scene import SceneObject

PROP_HALF = FLOOR_HALF - 0.5
"""SceneObjects stand, and paths lead, inside |x|, |y| <= this, m."""

Place = tuple[float, float]


def turned(place: Place, angle: float) -> Place:
    """Return a place turned about the origin, m."""
    cos, sin = math.cos(angle), math.sin(angle)
    return cos * place[0] - sin * place[1], sin * place[0] + cos * place[1]


def settle(
    rng: np.random.Generator,
    objects: Sequence[SceneObject],
    start: Pose,
    path: Sequence[Place] = (),
) -> tuple[tuple[SceneObject, ...], Pose, tuple[Place, ...]] | None:
    """Return objects, start and path turned together by any angle, their middle at the origin.

    Args:
        rng: source of the angle.
        objects: in the frame of the layout.
        start: base pose in that frame.
        path: further places in that frame, m.

    Returns:
        The same in the world frame, or None where something would lie beyond PROP_HALF.
    """
    angle = float(rng.uniform(-math.pi, math.pi))
    places = [(item.x, item.y) for item in objects] + [(start[0], start[1])] + list(path)
    spots = np.array([turned(place, angle) for place in places])
    spots -= (spots.min(axis=0) + spots.max(axis=0)) / 2
    if np.abs(spots).max() > PROP_HALF:
        return None
    world = [(float(x), float(y)) for x, y in spots]
    moved = tuple(
        replace(item, x=x, y=y, yaw=wrap(item.yaw + angle))
        for item, (x, y) in zip(objects, world, strict=False)
    )
    x, y = world[len(objects)]
    return moved, (x, y, wrap(start[2] + angle)), tuple(world[len(objects) + 1 :])
