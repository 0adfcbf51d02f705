"""The upper surface of a triangle mesh, sampled on a regular grid."""

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError

Float = NDArray[np.float64]
Int = NDArray[np.int64]

RESOLUTION = 0.05
"""Spacing of the samples, m."""

MOST_SAMPLES = 50_000_000
"""More samples than this are refused: 200 MB of heights."""

_CHUNK = 4_000_000
"""Pairs of a triangle and a sample that are looked at together."""

_EDGE = 1e-9
"""Tolerance of barycentric coordinates, so that samples on an edge are hit."""


def upper_surface(
    points: Float, corners: Int, spacing: float
) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """Sample the highest point of a mesh above each place of a grid.

    Args:
        points: vertices, m, (n, 3).
        corners: vertex indices of the triangles, (m, 3).
        spacing: of the grid, m.

    Returns:
        Heights, x first, m, (rows, columns), where no triangle is the lowest vertex's; and the
        place of the first sample, m.

    Raises:
        GymError: the grid would be too large.
    """
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    shape = np.maximum(np.ceil((high - low) / spacing - 1e-6).astype(np.int64) + 1, 2)
    if shape.prod() > MOST_SAMPLES:
        raise GymError(
            f"triangle mesh of {high[0] - low[0]:.0f} m x {high[1] - low[1]:.0f} m: too large to "
            "sample; add it as a height field (add_heightfield)"
        )
    heights = np.full(shape, points[:, 2].min(), np.float64)
    local = points - [*low, 0.0]
    for chunk in _chunks(local[corners], spacing):
        _raise_to(heights, local[corners[chunk]], spacing)
    return heights.astype(np.float32), (float(low[0]), float(low[1]))


def _boxes(triangles: Float, spacing: float) -> tuple[Int, Int]:
    """Return the first sample and the extent, in samples, of each triangle's bounding box."""
    first = np.ceil(triangles[..., :2].min(axis=1) / spacing - 1e-6).astype(np.int64)
    last = np.floor(triangles[..., :2].max(axis=1) / spacing + 1e-6).astype(np.int64)
    return first, np.maximum(last - first + 1, 0)


def _chunks(triangles: Float, spacing: float) -> list[Int]:
    """Return indices of triangles in groups whose boxes hold about `_CHUNK` samples."""
    _, extent = _boxes(triangles, spacing)
    groups = np.cumsum(extent.prod(axis=1)) // _CHUNK
    return np.split(np.arange(len(triangles)), np.flatnonzero(np.diff(groups)) + 1)


def _raise_to(heights: Float, triangles: Float, spacing: float) -> None:
    """Raise samples to the triangles above them."""
    first, extent = _boxes(triangles, spacing)
    counts = extent.prod(axis=1)
    which = np.repeat(np.arange(len(triangles)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(within, extent[which, 1])
    row, column = row + first[which, 0], column + first[which, 1]
    a, b, c = triangles[which].transpose(1, 0, 2)
    area = _cross(b - a, c - a)
    place = np.stack([row, column], axis=-1) * spacing
    with np.errstate(divide="ignore", invalid="ignore"):  # triangles on edge have no area
        u = _cross(b[:, :2] - place, c[:, :2] - place) / area
        v = _cross(c[:, :2] - place, a[:, :2] - place) / area
    w = 1 - u - v
    inside = (np.abs(area) > 0) & (np.minimum(np.minimum(u, v), w) >= -_EDGE)
    top = (u * a[:, 2] + v * b[:, 2] + w * c[:, 2])[inside]
    np.maximum.at(heights, (row[inside], column[inside]), top)


def _cross(left: Float, right: Float) -> Float:
    """Return the z component of the cross product."""
    return np.asarray(left[:, 0] * right[:, 1] - left[:, 1] * right[:, 0])
