"""Steering round upright obstacles in the plane: headings, clearances, free ways."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from canter.sim.planar import Point, wrap
from canter.sim.scenes.placement import FLOOR_HALF

EDGE_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Disc:
    """An obstacle, already widened by the robot's half width and a margin.

    Attributes:
        x: centre, world frame, m.
        y: centre, world frame, m.
        radius: within which the base origin should not come, m.
    """

    x: float
    y: float
    radius: float


def detour(origin: Point, heading: float, reach: float, discs: Sequence[Disc]) -> float:
    """Return the heading nearest to the wished one that passes every disc nearer than ``reach``.

    The way past a disc is its tangent; from inside a disc, it leads outward.

    Args:
        origin: where the robot is, world frame, m.
        heading: where it wants to go, rad.
        reach: how far it wants to go, m.
        discs: what is in the way.
    """
    blocked: list[tuple[float, float]] = []
    for disc in discs:
        dx, dy = disc.x - origin[0], disc.y - origin[1]
        distance = math.hypot(dx, dy)
        if distance - disc.radius > reach:
            continue
        middle = wrap(math.atan2(dy, dx) - heading)
        if distance > disc.radius:
            half = math.asin(disc.radius / distance)
        else:
            half = math.pi / 2 * (2.0 - distance / disc.radius)
        blocked.append((middle, min(half, 3.0)))
    ways = [0.0] + [wrap(m + side * h) for m, h in blocked for side in (1.0, -1.0)]
    open_ways = [w for w in ways if all(abs(wrap(w - m)) >= h - 1e-6 for m, h in blocked)]
    return wrap(heading + min(open_ways, key=abs, default=0.0))


def free_distance(origin: Point, heading: float, discs: Sequence[Disc]) -> float:
    """Return how far one can go straight before a disc or the edge of the floor, m."""
    ux, uy = math.cos(heading), math.sin(heading)
    half = FLOOR_HALF - EDGE_MARGIN
    free = math.inf
    for position, direction in ((origin[0], ux), (origin[1], uy)):
        if abs(direction) > 1e-9:
            free = min(free, (math.copysign(half, direction) - position) / direction)
    for disc in discs:
        dx, dy = disc.x - origin[0], disc.y - origin[1]
        along, beside = dx * ux + dy * uy, abs(dx * uy - dy * ux)
        if along > 0.0 and beside < disc.radius:
            free = min(free, along - math.sqrt(disc.radius**2 - beside**2))
    return max(free, 0.0)


def clearest_heading(origin: Point, start: float, discs: Sequence[Disc], ways: int = 16) -> float:
    """Return the heading with the longest free way, the first from ``start`` leftward in a tie."""
    headings = [start + k * math.tau / ways for k in range(ways)]
    return wrap(max(headings, key=lambda h: round(free_distance(origin, h, discs), 2)))
