"""The grid of heights that a triangle mesh was made of, found again in the mesh."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Integers = NDArray[Any]

SPACING_DIGITS = 4
"""Decimals of a metre to which the positions of a mesh's vertices are compared."""

_CHUNK = 1 << 18
"""Cells that are looked at together."""

_LINES = 32
"""Lines of vertices in which the spacing across them is looked for."""


def grid_columns(corners: Integers, count: int) -> int:
    """Return the columns of the grid that triangles cover, two a cell in order; 0 if none.

    The two triangles of a cell whose first vertex is i have the corners i, i + 1, i + columns and
    i + columns + 1.

    Args:
        corners: vertex indices of the triangles, integers, (m, 3).
        count: number of vertices.
    """
    if len(corners) % 2:
        return 0
    cells = corners.reshape(-1, 6)
    columns = int(cells[0].max()) - 1
    if columns < 2 or count % columns or count == columns:
        return 0
    rows = count // columns
    if len(cells) != (rows - 1) * (columns - 1):
        return 0
    starts = range(0, len(cells), _CHUNK)
    whole = all(_covers(cells[i : i + _CHUNK], i, columns) for i in starts)
    return columns if whole else 0


def _covers(cells: Integers, start: int, columns: int) -> bool:
    """Return whether cells, the first of them number ``start``, have the corners of their place."""
    number = np.arange(start, start + len(cells))
    first = number + number // (columns - 1)  # a row has one vertex more than cells
    offsets = cells - first[:, None]
    is_corner = [offsets == own for own in (0, 1, columns, columns + 1)]
    all_own = sum(int(mask.sum()) for mask in is_corner) == offsets.size
    return all_own and all(bool(mask.any(axis=1).all()) for mask in is_corner)


def grid_of(points: NDArray[np.floating[Any]], columns: int) -> tuple[Float, Float] | None:
    """Return where vertices' grid starts and how wide its cells are, along x and y, m, (2,) each.

    None if a vertex is off the grid, or further than a cell from its own place on it.

    Args:
        points: vertices row by row, m, (rows columns, 3).
        columns: of the grid.
    """
    grid = points.reshape(-1, columns, 3)
    starts, spacings = np.zeros(2), np.zeros(2)
    for axis in range(2):
        along = grid[..., 0] if axis == 0 else grid[..., 1].T
        spacing = _spacing(along)
        if not spacing > 0:
            return None
        shift = along - spacing * np.arange(len(along))[:, None]
        starts[axis], spacings[axis] = np.median(shift), spacing
        steps = (shift - starts[axis]) / spacing
        if not (np.abs(steps - np.rint(steps)).max() < 0.01 and np.abs(steps).max() < 1.5):
            return None
    return starts, spacings


def _spacing(along: NDArray[np.floating[Any]]) -> float:
    """Return the spacing of the planes that coordinates lie in, m; 0 if all are in one.

    Args:
        along: coordinates, the first axis across the planes, (planes, vertices).
    """
    some = along[:, :: max(along.shape[1] // _LINES, 1)].astype(np.float64)
    planes = np.unique(np.round(some, SPACING_DIGITS))
    if len(planes) < 2:
        return 0.0
    rough = float(np.median(np.diff(planes)))
    return float((planes[-1] - planes[0]) / max(round((planes[-1] - planes[0]) / rough), 1))
