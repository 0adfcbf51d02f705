"""Triangle meshes of height fields."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError

Grid = NDArray[Any]


def _uphill(height: Grid, step: tuple[int, int], limit: float) -> Grid:
    """Return on which side each sample has a neighbour more than ``limit`` above it.

    Args:
        height: heights, units, (rows, columns).
        step: from a sample to the next, (rows, columns), each 0 or 1.
        limit: greatest rise that is not a wall, units.

    Returns:
        +1 where the next sample is higher, -1 where the one before is, 0 where neither or both
        are, int8, (rows, columns).
    """
    rows, columns = height.shape
    this_one = np.s_[: rows - step[0], : columns - step[1]]
    next_one = np.s_[step[0] :, step[1] :]
    rise = height[next_one] - height[this_one]
    side = np.zeros(height.shape, np.int8)
    side[this_one] += rise > limit
    side[next_one] -= rise < -limit
    return side


def _wall_shifts(height: Grid, limit: float) -> tuple[Grid, Grid]:
    """Return by how many cells, in x and in y, samples at the foot of walls move under them.

    A sample moves along an axis towards a wall on that axis, and otherwise towards one on the
    diagonal of the cells, (0, 0) to (1, 1): the foot of a corner.
    """
    along_x = _uphill(height, (1, 0), limit)
    along_y = _uphill(height, (0, 1), limit)
    corner = _uphill(height, (1, 1), limit)
    return np.where(along_x == 0, corner, along_x), np.where(along_y == 0, corner, along_y)


def _cell_triangles(rows: int, columns: int) -> NDArray[np.uint32]:
    """Return two triangles a cell, counter-clockwise seen from above, (2 cells, 3).

    A cell of the corners 0, 1 (next column), 2 (next row) and 3 gives (0, 3, 1) and (0, 2, 3);
    cells go column by column within a row, vertices are numbered the same way.
    """
    first = np.arange((rows - 1) * columns, dtype=np.uint32).reshape(rows - 1, columns)[:, :-1]
    corners = np.array([[0, columns + 1, 1], [0, columns, columns + 1]], dtype=np.uint32)
    return (first[:, :, None, None] + corners).reshape(-1, 3)


def convert_heightfield_to_trimesh(
    height_field_raw: Grid,
    horizontal_scale: float,
    vertical_scale: float,
    slope_threshold: float | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Return the triangle mesh over a height field.

    Args:
        height_field_raw: heights in units of ``vertical_scale``, x along the first axis and y
            along the second, (rows, columns).
        horizontal_scale: distance of neighbouring samples, m.
        vertical_scale: height of one unit, m.
        slope_threshold: steeper slopes become walls: the lower vertex moves beneath the upper one.
            None leaves every vertex in its place.

    Returns:
        Vertices, m, x forward, y left, z up, the first sample at the origin, (rows columns, 3);
        and triangles, indices of three vertices each, (2 (rows - 1) (columns - 1), 3).

    Raises:
        GymError: the height field is not a grid of at least 2 x 2 samples.
    """
    raw = np.asarray(height_field_raw)
    if raw.ndim != 2 or min(raw.shape) < 2:
        raise GymError(f"a height field of shape {raw.shape}; give at least 2 x 2 samples")
    rows, columns = raw.shape
    vertices = np.empty((rows, columns, 3), np.float32)
    x, y = np.arange(rows)[:, None], np.arange(columns)
    if slope_threshold is not None:
        # int32, or wide float: differences of int16 wrap.
        height = raw.astype(np.int32) if raw.dtype.kind in "iu" else raw
        shift_x, shift_y = _wall_shifts(height, slope_threshold * horizontal_scale / vertical_scale)
        x, y = x + shift_x, y + shift_y
    vertices[..., 0] = x * horizontal_scale
    vertices[..., 1] = y * horizontal_scale
    vertices[..., 2] = raw * vertical_scale
    return vertices.reshape(-1, 3), _cell_triangles(rows, columns)
