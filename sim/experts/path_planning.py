"""Shortest ways over a floor with obstacles: Dijkstra from the goal on a grid (SciPy's csgraph).

The field is computed once for a goal; the way from anywhere is then read off it.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from canter.sim.planar import Point
from canter.sim.scenes.footprints import Footprint, clearance

HALF = 3.2
"""Half the edge of the grid, m."""
CELL = 0.08
SIDE = round(2 * HALF / CELL)
COMFORT = 0.18
"""More room than is needed costs nothing only beyond this, m."""
FEAR = 1.5
"""Share by which a way is longer where there is no more room than needed."""
LOOK_AHEAD = 0.6
"""Length of the straight part of the way at which a walker aims, m."""

Float = NDArray[np.float64]
_STEPS = [(0, 1), (1, 0), (1, 1), (1, -1)]


@functools.cache
def grid() -> tuple[Float, Float]:
    """Return x and y of the middle of each cell, m, (SIDE, SIDE) each, x along the first axis."""
    middle = (np.arange(SIDE) + 0.5) * CELL - HALF
    x, y = np.meshgrid(middle, middle, indexing="ij")
    return x, y


@functools.cache
def _edges() -> tuple[NDArray[np.int64], NDArray[np.int64], Float]:
    """Return both ends (cell numbers) and the length, m, of every step between two cells."""
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    ends = []
    for i, j in _STEPS:
        left, right = slice(max(-j, 0), SIDE - max(j, 0)), slice(max(j, 0), SIDE + min(j, 0))
        a, b = number[: SIDE - i, left].ravel(), number[i:, right].ravel()
        ends.append(np.stack([a, b, np.full(a.size, 1 if i * j else 0)]))
    a, b, diagonal = np.concatenate(ends, axis=1)
    return a, b, CELL * np.where(diagonal == 1, math.sqrt(2.0), 1.0)


@dataclass(frozen=True, slots=True)
class Way:
    """The way from anywhere to the nearest of some goals.

    Lists, for they are read cell by cell.

    Attributes:
        cost: length of the way from each of the SIDE * SIDE cells, weighted by fear of obstacles,
            m; infinite where there is none.
        towards: number of the next cell of the way from each; negative at its end.
        room: distance from each to the nearest obstacle, m.
        needed: room that the walker needs, m.
    """

    cost: list[float]
    towards: list[int]
    room: list[float]
    needed: float

    def remaining(self, place: Point) -> float:
        """Return the cost of the way from a place, m; infinite where there is none."""
        return self.cost[_cell(*place)]

    def aim(self, place: Point) -> Point:
        """Return a place on the way, at most LOOK_AHEAD away and in a free straight line.

        From a place without a way it leads to the nearest cell that has one.
        """
        cell = _cell(*place)
        if not math.isfinite(self.cost[cell]):
            return self._escape(place)
        best = place
        while (following := self.towards[cell]) >= 0:
            cell = following
            ahead = _middle(cell)
            if math.dist(place, ahead) > LOOK_AHEAD or not self._free(place, ahead):
                return ahead if best == place else best
            best = ahead
        return best

    def _free(self, start: Point, end: Point) -> bool:
        """Tell whether the straight line keeps the room that is needed, or what its start has."""
        needed = min(self.needed, self.room[_cell(*start)]) - 0.5 * CELL
        steps = max(1, math.ceil(math.dist(start, end) / CELL))
        x, y = start
        dx, dy = end[0] - x, end[1] - y
        for k in range(1, steps + 1):
            if self.room[_cell(x + k / steps * dx, y + k / steps * dy)] < needed:
                return False
        return True

    def _escape(self, place: Point) -> Point:
        """Return the nearest cell with a way."""
        x, y = grid()
        away = np.hypot(x - place[0], y - place[1]).ravel()
        return _middle(int(np.argmin(np.where(np.isfinite(self.cost), away, np.inf))))


def find_way(outlines: Sequence[Footprint], goals: NDArray[np.bool_], needed: float) -> Way:
    """Return the way to the nearest goal that keeps clear of all outlines.

    Args:
        outlines: of the obstacles.
        goals: which cells are goals, (SIDE, SIDE).
        needed: least distance from the base origin to any outline, m.
    """
    room = clearance(outlines, *grid()).ravel()
    a, b, length = _edges()
    free = (room >= needed)[a] & (room >= needed)[b]
    a, b, length = a[free], b[free], length[free]
    fear = FEAR * np.clip(1.0 - (room - needed) / COMFORT, 0.0, 1.0)
    weight = length * (1.0 + (fear[a] + fear[b]) / 2)
    cells = SIDE * SIDE
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    graph = csr_array((np.concatenate([weight, weight]), ends), shape=(cells, cells))
    sources = np.flatnonzero(goals.ravel() & (room >= needed))
    if not len(sources):
        return Way([math.inf] * cells, [-1] * cells, room.tolist(), needed)
    cost, towards, _ = dijkstra(graph, indices=sources, min_only=True, return_predecessors=True)
    return Way(cost.tolist(), towards.tolist(), room.tolist(), needed)


def near(place: Point, radius: float) -> NDArray[np.bool_]:
    """Return the cells whose middle is within a radius of a place, m, (SIDE, SIDE)."""
    x, y = grid()
    return np.asarray(np.hypot(x - place[0], y - place[1]) <= radius)


def _cell(x: float, y: float) -> int:
    """Return the number of the cell that holds a place, m; the nearest one beyond the grid."""
    i, j = int((x + HALF) / CELL), int((y + HALF) / CELL)
    i = 0 if i < 0 else min(i, SIDE - 1)
    j = 0 if j < 0 else min(j, SIDE - 1)
    return i * SIDE + j


def _middle(cell: int) -> Point:
    """Return the middle of a cell, m."""
    i, j = divmod(cell, SIDE)
    return (i + 0.5) * CELL - HALF, (j + 0.5) * CELL - HALF
