"""Assets of one body and one shape: box, sphere, capsule."""

import math

import numpy as np

from canter.sim.isaacgym.asset import Asset, Shape, ShapeKind, single_body
from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.inertia import of_shapes, repaired
from canter.sim.isaacgym.structs import AssetOptions

Z_ALONG_X = np.array([math.sqrt(0.5), 0.0, math.sqrt(0.5), 0.0])
"""Quaternion, wxyz, that lays a shape's z axis along its body's x axis."""


def box_asset(edges: tuple[float, float, float], options: AssetOptions) -> Asset:
    """Return a box of the given edges along x, y and z, m, of density `options.density`.

    Raises:
        AssetError: an edge is not above zero.
    """
    half_edges = [edge / 2 for edge in edges]
    return _solid("box", half_edges, np.array([1.0, 0.0, 0.0, 0.0]), options)


def sphere_asset(radius: float, options: AssetOptions) -> Asset:
    """Return a sphere of a radius, m, of density `options.density`.

    Raises:
        AssetError: the radius is not above zero.
    """
    return _solid("sphere", [radius], np.array([1.0, 0.0, 0.0, 0.0]), options)


def capsule_asset(radius: float, length: float, options: AssetOptions) -> Asset:
    """Return a capsule along x of density `options.density`.

    Args:
        radius: of the tube and its caps, m.
        length: of the straight part, m.
        options: as for a file.

    Raises:
        AssetError: a size is not above zero.
    """
    return _solid("capsule", [radius, length / 2], Z_ALONG_X, options)


def _solid(kind: ShapeKind, sizes: list[float], quat: np.ndarray, options: AssetOptions) -> Asset:
    if not all(math.isfinite(size) and size > 0 for size in sizes):
        raise AssetError(f"a {kind} has sizes above 0; got {', '.join(f'{s:g}' for s in sizes)} m.")
    size = np.zeros(3)
    size[: len(sizes)] = sizes
    shape = Shape(kind, np.zeros(3), quat, size)
    inertial, complaint = repaired(of_shapes([shape], options.density))
    notes = () if complaint is None else (f"{kind}: {complaint}",)
    return single_body(kind, inertial, [shape], options, notes)
