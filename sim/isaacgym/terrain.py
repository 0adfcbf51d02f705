"""Grounds: a plane, or a height field from int16 samples or recovered from a triangle mesh."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.raster import RESOLUTION, upper_surface
from canter.sim.isaacgym.structs import (
    HeightFieldParams,
    PlaneParams,
    Transform,
    TriangleMeshParams,
)
from canter.sim.isaacgym.terrain_grid import grid_columns, grid_of

Float = NDArray[np.float64]
Int = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Points p with normal . p + distance = 0 (PhysX's form); solid below, along the normal.

    Attributes:
        normal: outward unit normal, (3,).
        distance: m.
        friction: coefficient, mean of the static and the dynamic one.
        restitution: 0 to 1.
    """

    normal: Float
    distance: float
    friction: float
    restitution: float


@dataclass(frozen=True, slots=True, eq=False)
class HeightField:
    """Heights on a regular grid.

    Attributes:
        heights: m above `origin`, the first axis along x, (rows, columns) float32.
        scale: spacing of samples along x and y, m, (2,).
        origin: where sample [0, 0] would lie at height 0, m, (3,).
        friction: coefficient, mean of the static and the dynamic one.
        restitution: 0 to 1.
        notes: what recovering the grid changed, one line each.
    """

    heights: NDArray[np.float32]
    scale: Float
    origin: Float
    friction: float
    restitution: float
    notes: tuple[str, ...] = ()


Ground = Plane | HeightField


def plane(params: PlaneParams) -> Plane:
    """Return the plane that the parameters describe.

    Raises:
        GymError: its normal is zero.
    """
    normal = np.array([params.normal.x, params.normal.y, params.normal.z], np.float64)
    length = float(np.linalg.norm(normal))
    if length < 1e-6:
        raise GymError("PlaneParams.normal is zero: set it to the way up, as Vec3(0, 0, 1)")
    return Plane(normal / length, params.distance, _friction(params), params.restitution)


def from_samples(samples: ArrayLike, params: HeightFieldParams) -> HeightField:
    """Return the height field of integer samples.

    Args:
        samples: (x, y), or flat with `nbColumns` rows along x of `nbRows` samples.
        params: scales (`column_scale` along x, `row_scale` along y), transform and material.

    Raises:
        GymError: the number of samples is not nbRows x nbColumns, or the field is turned.
    """
    grid = np.asarray(samples)
    wanted = (params.nbColumns, params.nbRows)
    if grid.size != wanted[0] * wanted[1] or min(wanted) < 2:
        raise GymError(
            f"height field of {grid.size} samples, but nbRows {wanted[1]} x nbColumns {wanted[0]}; "
            "at least 2 x 2"
        )
    heights = grid.astype(np.float32).reshape(grid.shape if grid.ndim == 2 else wanted)
    return HeightField(
        heights=heights * np.float32(params.vertical_scale),
        scale=np.array([params.column_scale, params.row_scale], np.float64),
        origin=_origin(params.transform),
        friction=_friction(params),
        restitution=params.restitution,
    )


def from_triangles(
    vertices: ArrayLike, triangles: ArrayLike, params: TriangleMeshParams
) -> HeightField:
    """Return the height field whose triangulation a mesh is, or else the mesh's upper surface.

    Vertices that slope correction moved under a wall go back to their cell: the wall becomes a
    ramp one cell wide.

    Args:
        vertices: m, (n, 3) or flat.
        triangles: vertex indices, (m, 3) or flat.
        params: transform and material.

    Raises:
        GymError: the mesh is empty, an index is out of range, or the mesh is turned.
    """
    points = np.asarray(vertices).reshape(-1, 3)
    if points.dtype.kind != "f":
        points = points.astype(np.float64)
    corners = np.asarray(triangles).reshape(-1, 3)
    if corners.dtype.kind not in "iu":
        corners = corners.astype(np.int64)
    if not len(corners) or corners.min() < 0 or corners.max() >= len(points):
        raise GymError(
            f"triangle mesh of {len(points)} vertices and {len(corners)} triangles: indices must "
            "be 0 or more and less than the number of vertices"
        )
    if not np.isfinite(points).all():
        raise GymError("triangle mesh: a vertex is not finite")
    columns = grid_columns(corners, len(points))
    field = _gridded(points, columns) if columns else None
    found = field or _rasterised(points.astype(np.float64), corners.astype(np.int64))
    return replace(
        found,
        origin=found.origin + _origin(params.transform),
        friction=_friction(params),
        restitution=params.restitution,
    )


def _gridded(points: NDArray[np.floating[Any]], columns: int) -> HeightField | None:
    """Return the field of vertices that lie on a grid, at most one spacing from their own place."""
    found = grid_of(points, columns)
    if found is None:
        return None
    heights = points[:, 2].reshape(-1, columns).astype(np.float32)
    return HeightField(heights, found[1], np.array([*found[0], 0.0]), 1.0, 0.0)


def _rasterised(points: Float, corners: Int) -> HeightField:
    heights, start = upper_surface(points, corners, RESOLUTION)
    note = (
        f"triangle mesh of {len(corners)} triangles is not the triangulation of a height field: "
        f"its upper surface is used, sampled every {RESOLUTION} m"
    )
    spacing = np.full(2, RESOLUTION)
    return HeightField(heights, spacing, np.array([*start, 0.0]), 1.0, 0.0, (note,))


def _friction(params: PlaneParams | HeightFieldParams | TriangleMeshParams) -> float:
    """Return the one coefficient that MuJoCo has for the two of Isaac Gym."""
    return (params.static_friction + params.dynamic_friction) / 2


def _origin(transform: Transform) -> Float:
    turn = transform.r
    if max(abs(turn.x), abs(turn.y), abs(turn.z)) > 1e-6:
        raise GymError(
            "terrain: transform.r turns it, and height fields are level; turn the samples or the "
            "vertices instead"
        )
    return np.array([transform.p.x, transform.p.y, transform.p.z], np.float64)
