"""Grounds: a plane, or a height field from int16 samples or recovered from a triangle mesh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.structs import HeightFieldParams, PlaneParams, TriangleMeshParams

Float = NDArray[np.float64]


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
    """Return the plane that the parameters describe."""
    raise NotImplementedError


def from_samples(samples: ArrayLike, params: HeightFieldParams) -> HeightField:
    """Return the height field of int16 samples.

    Args:
        samples: (x, y), or flat with `nbColumns` x-rows of `nbRows` samples.
        params: scales, transform and material.
    """
    raise NotImplementedError


def from_triangles(
    vertices: ArrayLike, triangles: ArrayLike, params: TriangleMeshParams
) -> HeightField:
    """Return the height field whose triangulation the mesh is, or of its upper surface.

    Args:
        vertices: m, (n, 3) or flat.
        triangles: vertex indices, (m, 3) or flat.
        params: transform and material.
    """
    raise NotImplementedError
