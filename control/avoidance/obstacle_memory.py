"""Where things stand that a robot could walk into: the last scans, moved along by odometry."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.avoidance.footprint import Footprint
from canter.control.avoidance.range_scan import RangeScan
from canter.control.types import Array

KEPT_S, KEPT_BEHIND_S = 1.0, 8.0
"""How long a point is remembered, and one behind the base's middle, where a sensor under the head
sees little: what stands ahead is seen again, and what rolls away ahead must not leave a trace."""
REACH_M = 1.5
"""Points further away than this concern nobody yet."""
LOWEST_M = 0.06
"""What stands out of the ground by less than this is walked over: three deviations of a range."""
HEADROOM_M = 0.02
"""Room that is left over the body."""
CELL_M, ENOUGH = 0.06, 3
"""A square of the ground on which so many points stand out is taken; fewer are noise."""
FINE_M = 0.03
"""Points of one cube of this edge count once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a base is, as its robot knows it.

    Attributes:
        position: of the base's origin, outer frame, m, (3,).
        turn: turns base vectors into the outer frame, (3, 3).
        yaw: heading, rad.
        ground: height of the ground under it, outer frame, m.
    """

    position: Array
    turn: Array
    yaw: float
    ground: float


class ObstacleMemory:
    """Points in the odometry's frame: of the last second, and of what is behind.

    Args:
        footprint: of the robot.
    """

    def __init__(self, footprint: Footprint) -> None:
        self._footprint = footprint
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._scans: deque[tuple[float, Array]] = deque()
        self._points: Array = np.zeros((0, 3))
        self._times: Array = np.zeros(0)

    def put(self, scan: RangeScan, place: Place) -> None:
        """Take in a scan that was taken at a place."""
        points = scan.points_b
        near = (points[:, :2] ** 2).sum(axis=-1) < REACH_M**2
        seen = points[near] @ place.turn.T + place.position
        self._scans.append((scan.time, seen[seen[:, 2] > place.ground + LOWEST_M]))
        while scan.time - self._scans[0][0] > KEPT_S:
            self._scans.popleft()
        fresh = _sure(np.concatenate([standing for _, standing in self._scans]))
        ahead = (self._points[:, :2] - place.position[:2]) @ [np.cos(place.yaw), np.sin(place.yaw)]
        kept = (ahead < 0) & (scan.time - self._times < KEPT_BEHIND_S)
        points = np.concatenate([fresh, self._points[kept]])
        times = np.concatenate([np.full(len(fresh), scan.time), self._times[kept]])
        newest = _first_of_cubes(points)
        self._points, self._times = points[newest], times[newest]

    def around(self, place: Place, top: float) -> Array:
        """Return what stands about the robot, heading frame of its base, m, (M, 2).

        What is on its own footprint is the robot itself.

        Args:
            place: where it is now.
            top: what begins higher than this over the ground is walked under, m.
        """
        points = self._points
        low = points[points[:, 2] < place.ground + top + HEADROOM_M, :2]
        cos, sin = np.cos(place.yaw), np.sin(place.yaw)
        flat = (low - place.position[:2]) @ np.array([[cos, -sin], [sin, cos]])
        outside = (flat != self._footprint.nearest(flat)).any(axis=-1)
        return np.asarray(flat[outside & ((flat**2).sum(axis=-1) < REACH_M**2)])


def _sure(points: Array) -> Array:
    """Return the points, (M, 3), of squares that have enough of them."""
    squares = np.floor(points[:, :2] / CELL_M).astype(np.int64)
    _, which, count = np.unique(squares @ _KEY[1:], return_inverse=True, return_counts=True)
    return points[count[which] >= ENOUGH]


def _first_of_cubes(points: Array) -> NDArray[np.intp]:
    """Return which points, (M, 3), are the first in their cubes, (K,)."""
    _, first = np.unique(np.floor(points / FINE_M).astype(np.int64) @ _KEY, return_index=True)
    return first


_KEY = np.array([1 << 40, 1 << 20, 1])
"""Makes one number of a cube's, or a square's, within 2^19 of them of the start."""
