"""Where objects and robot stand, such that the first object can be seen and reached."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from canter.control.errors import SceneError
from canter.sim.planar import Pose
from canter.sim.scenes.shapes import Thing, nearest_surface_distance

FLOOR_HALF = 3.0
"""Half the edge of the square floor, m."""
OBJECT_HALF = FLOOR_HALF - 0.9
"""Objects stand inside |x|, |y| <= this, m."""
START_HALF = FLOOR_HALF - 0.6
SPACING = 1.35
"""Least distance between the centres of two objects, m: a 0.75 x 0.4 m robot turns between them."""
START_CLEARANCE = 1.2
"""Least distance from the start to any object's surface, m."""
TARGET_RANGE = (1.5, 4.2)
"""Distance from the start to the target's centre, m."""
STOP_DISTANCE = 0.55
"""Distance of the base origin from the target's surface at the place to stop, m."""
STOP_CLEARANCE = 0.6
"""Least distance from the place to stop to the surface of every other object, m."""
SIGHT_MARGIN = 0.05
"""Other objects stay at least this far from the line of sight from start to target, m."""
LAYOUT_TRIES = 300
OBJECT_TRIES = 30
START_TRIES = 20


def place(rng: np.random.Generator, things: Sequence[Thing]) -> tuple[tuple[Thing, ...], Pose]:
    """Return the objects at drawn positions, in their order, and a start pose for the robot.

    From the start the first object is in the line of sight, and the straight way to it ends
    in a place with room to stop; the heading is uniform, so it is often out of view.

    Raises:
        SceneError: no such layout was found in LAYOUT_TRIES tries.
    """
    for _ in range(LAYOUT_TRIES):
        placed = _spread(rng, things)
        if placed is None:
            continue
        for _ in range(START_TRIES):
            x, y = rng.uniform(-START_HALF, START_HALF, 2)
            if start_is_good(placed, float(x), float(y)):
                return placed, (float(x), float(y), rng.uniform(-math.pi, math.pi))
    raise SceneError(
        f"no layout of {len(things)} objects found in {LAYOUT_TRIES} tries; "
        "use fewer or smaller objects, or another seed"
    )


def _spread(rng: np.random.Generator, things: Sequence[Thing]) -> tuple[Thing, ...] | None:
    """Return the objects SPACING apart from each other, or None where they did not fit."""
    placed: list[Thing] = []
    for thing in things:
        for _ in range(OBJECT_TRIES):
            x, y = rng.uniform(-OBJECT_HALF, OBJECT_HALF, 2)
            if all(math.hypot(o.x - x, o.y - y) >= SPACING for o in placed):
                placed.append(replace(thing, x=float(x), y=float(y)))
                break
        else:
            return None
    return tuple(placed)


def start_is_good(objects: Sequence[Thing], x: float, y: float) -> bool:
    """Tell whether the first object can be seen from (x, y), m, and walked up to."""
    target, others = objects[0], objects[1:]
    dx, dy = target.x - x, target.y - y
    distance = math.hypot(dx, dy)
    if not TARGET_RANGE[0] <= distance <= TARGET_RANGE[1]:
        return False
    if any(nearest_surface_distance(o, x, y) < START_CLEARANCE for o in objects):
        return False
    surface = nearest_surface_distance(target, x, y)
    share = (surface - STOP_DISTANCE) / distance
    stop_x, stop_y = x + share * dx, y + share * dy
    if any(nearest_surface_distance(o, stop_x, stop_y) < STOP_CLEARANCE for o in others):
        return False
    return all(
        segment_distance((x, y), (target.x, target.y), (o.x, o.y)) >= o.radius + SIGHT_MARGIN
        for o in others
    )


def segment_distance(
    start: tuple[float, float], end: tuple[float, float], point: tuple[float, float]
) -> float:
    """Return the distance from a point to the segment between two others, m."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    px, py = point[0] - start[0], point[1] - start[1]
    length2 = dx * dx + dy * dy
    share = min(max((px * dx + py * dy) / length2, 0.0), 1.0) if length2 > 0.0 else 0.0
    return math.hypot(px - share * dx, py - share * dy)
