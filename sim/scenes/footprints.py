"""What objects leave of the floor: the outlines of their geoms, and distances to them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.sim.scenes.scene import Geom, SceneObject, to_world
from canter.sim.scenes.visibility import rotation

HEADROOM = 0.5
"""A geom that begins above this leaves the floor under it free, m."""

UPRIGHT = (1.0, 0.0, 0.0, 0.0)

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Footprint:
    """The outline of one geom: a rectangle with rounded corners, or a disc.

    Attributes:
        x: middle, world frame, m.
        y: middle, world frame, m.
        yaw: turn about the vertical, rad.
        half_x: half the extent along its own x axis without the rounding, m.
        half_y: half the extent along its own y axis without the rounding, m.
        radius: of the rounding, m; of the disc where both extents are 0.
    """

    x: float
    y: float
    yaw: float
    half_x: float
    half_y: float
    radius: float


def footprints(objects: Iterable[SceneObject]) -> tuple[Footprint, ...]:
    """Return the outlines of all that a walking robot could touch."""
    return tuple(
        _footprint(item, geom)
        for item in objects
        for geom in item.geoms
        if geom.touchable and geom.pos[2] - half_extents(geom)[2] < HEADROOM
    )


def clearance(outlines: Iterable[Footprint], x: Float, y: Float) -> Float:
    """Return the distance from places to the nearest outline, m, 0 inside; far where none is.

    Args:
        outlines: of the things.
        x: world frame, m, any shape.
        y: world frame, m, the same shape.
    """
    nearest = np.full(np.shape(x), 10.0)
    for one in outlines:
        cos, sin = math.cos(one.yaw), math.sin(one.yaw)
        dx, dy = x - one.x, y - one.y
        along = np.maximum(np.abs(cos * dx + sin * dy) - one.half_x, 0.0)
        across = np.maximum(np.abs(cos * dy - sin * dx) - one.half_y, 0.0)
        nearest = np.minimum(nearest, np.hypot(along, across) - one.radius)
    return np.asarray(np.maximum(nearest, 0.0))


def _footprint(item: SceneObject, geom: Geom) -> Footprint:
    """Return the outline of one geom of a item."""
    x, y = to_world(item, geom.pos[:2])
    half_x, half_y, _ = half_extents(geom)
    if geom.kind in ("sphere", "ellipsoid", "cone") or (
        geom.kind == "cylinder" and geom.quat == UPRIGHT
    ):
        return Footprint(x, y, item.yaw, 0.0, 0.0, half_x)
    return Footprint(x, y, item.yaw, half_x, half_y, 0.0)


def half_extents(geom: Geom) -> tuple[float, float, float]:
    """Return half the extents of a geom along the axes of its item, m."""
    size = (*geom.size, 0.0, 0.0)
    own = {
        "box": size[:3],
        "ellipsoid": size[:3],
        "sphere": (size[0], size[0], size[0]),
        "cylinder": (size[0], size[0], size[1]),
        "capsule": (size[0], size[0], size[0] + size[1]),
        "cone": (size[0] / 2, size[0] / 2, 0.0),
        "pyramid": (size[0] / 2, size[0] / 2, 0.0),
    }[geom.kind]
    if geom.quat == UPRIGHT:
        return own[0], own[1], own[2]
    x, y, z = np.abs(rotation(np.array(geom.quat))) @ np.array(own)
    return float(x), float(y), float(z)
