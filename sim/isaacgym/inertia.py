"""Mass properties: of shapes, of rigidly joined parts, and made physically possible."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Inertial, Shape, ShapeKind
from canter.sim.isaacgym.frames import Pose

Float = NDArray[np.float64]

MIN_MASS = 1e-6
"""What a massless body gets, kg: nothing beside any robot, and still a regular mass matrix."""

MIN_SPREAD = 1e-9
"""Smallest second moment of a body along any axis, kg m^2."""

FLATNESS = 1e-6
"""Smallest second moment a repaired body keeps, relative to the sum of its three."""


def massless() -> Inertial:
    """Return the mass properties of nothing."""
    return Inertial(0.0, np.zeros(3), np.zeros((3, 3)))


def placed(inertial: Inertial, pose: Pose) -> Inertial:
    """Return mass properties given in a frame, seen from the frame in which it has `pose`."""
    rotation = pose.rotation
    turned = rotation @ inertial.inertia @ rotation.T
    return Inertial(inertial.mass, pose.point(inertial.com), turned)


def merged(parts: Sequence[Inertial]) -> Inertial:
    """Return the mass properties of rigidly joined parts, all given in one frame.

    Exact by the parallel-axis theorem. A part alone comes back unchanged.
    """
    if len(parts) == 1:
        return parts[0]
    mass = sum(part.mass for part in parts)
    if mass <= 0:
        return Inertial(0.0, parts[0].com, sum((part.inertia for part in parts), np.zeros((3, 3))))
    com = sum((part.mass * part.com for part in parts), np.zeros(3)) / mass
    inertia = np.zeros((3, 3))
    for part in parts:
        inertia += part.inertia + part.mass * _point_inertia(part.com - com)
    return Inertial(mass, com, inertia)


def of_shapes(shapes: Sequence[Shape], density: float) -> Inertial:
    """Return the mass properties of solid shapes of one density (kg/m^3), in the body's frame."""
    parts = [placed(_of_shape(shape, density), Pose(shape.pos, shape.quat)) for shape in shapes]
    return merged(parts) if parts else massless()


def with_mass(inertial: Inertial, mass: float) -> Inertial:
    """Return the mass properties of the same distribution with another mass, kg."""
    if inertial.mass <= 0:
        return Inertial(mass, inertial.com, inertial.inertia)
    return Inertial(mass, inertial.com, inertial.inertia * (mass / inertial.mass))


def repaired(inertial: Inertial) -> tuple[Inertial, str | None]:
    """Return the mass properties made such as a body can have, and what had to change.

    A positive mass distribution has second moments sigma = tr(I)/2 - I that are positive
    semidefinite, which holds exactly if the principal moments of inertia are non-negative and
    obey A + B >= C (Wensing et al., "Linear Matrix Inequalities for Physically-Consistent
    Inertial Parameter Identification", RA-L 2018, section III). Too small eigenvalues of sigma
    are raised, so no moment of inertia falls, which would let an explicit controller diverge.
    Valid properties come back unchanged.
    """
    inertia = (inertial.inertia + inertial.inertia.T) / 2
    moments, axes = np.linalg.eigh(np.trace(inertia) / 2 * np.eye(3) - inertia)
    least = max(MIN_SPREAD, FLATNESS * float(np.clip(moments, 0, None).sum()))
    light = inertial.mass < MIN_MASS
    if moments[0] >= least and not light:
        return inertial, None
    raised = np.clip(moments, least, None)
    sigma = (axes * raised) @ axes.T
    mass = max(inertial.mass, MIN_MASS)
    fixed = Inertial(mass, inertial.com, np.trace(sigma) * np.eye(3) - sigma)
    return fixed, _complaint(inertial, moments, light)


def _complaint(inertial: Inertial, moments: Float, light: bool) -> str | None:
    if light:
        return f"mass {inertial.mass:g} kg raised to {MIN_MASS:g} kg"
    if moments[0] >= -FLATNESS * moments[-1]:
        return None  # a flat or point-like body, valid but for rounding
    principal = np.linalg.eigvalsh(inertial.inertia)
    values = ", ".join(f"{value:.3g}" for value in principal)
    return f"no body has the principal inertias {values} kg m^2; raised"


def _point_inertia(offset: Float) -> Float:
    """Return the inertia of 1 kg at an offset, m, (3,)."""
    return np.asarray((offset @ offset) * np.eye(3) - np.outer(offset, offset))


def _of_shape(shape: Shape, density: float) -> Inertial:
    if shape.kind == "mesh":
        return _of_mesh(shape, density)
    volume, moments = _SOLIDS[shape.kind](shape.size)
    mass = density * volume
    return Inertial(mass, np.zeros(3), mass * np.diag(moments))


def _box(size: Float) -> tuple[float, Float]:
    xx, yy, zz = size**2 / 3
    return float(8 * size.prod()), np.array([yy + zz, xx + zz, xx + yy])


def _sphere(size: Float) -> tuple[float, Float]:
    radius = float(size[0])
    return 4 / 3 * np.pi * radius**3, np.full(3, 2 / 5 * radius**2)


def _cylinder(size: Float) -> tuple[float, Float]:
    radius, half = float(size[0]), float(size[1])
    across = radius**2 / 4 + half**2 / 3
    return 2 * np.pi * radius**2 * half, np.array([across, across, radius**2 / 2])


def _capsule(size: Float) -> tuple[float, Float]:
    radius, half = float(size[0]), float(size[1])
    tube, per_tube = _cylinder(size)
    caps, per_caps = _sphere(size)
    # A half sphere's centre of mass lies 3r/8 beyond the end of the straight part.
    across = half**2 + 3 / 4 * half * radius
    per_caps = per_caps + np.array([across, across, 0.0])
    return tube + caps, (tube * per_tube + caps * per_caps) / (tube + caps)


_SOLIDS: dict[ShapeKind, Callable[[Float], tuple[float, Float]]] = {
    "box": _box,
    "sphere": _sphere,
    "cylinder": _cylinder,
    "capsule": _capsule,
}
"""Volume, m^3, and principal inertias per mass, m^2, (3,), from a solid's size."""


def _of_mesh(shape: Shape, density: float) -> Inertial:
    """Integrate over the tetrahedra from the origin to each triangle of a closed mesh."""
    if shape.vertices is None or shape.faces is None:
        return massless()
    corners = shape.vertices[shape.faces]
    sixfold = np.linalg.det(corners)
    volume = sixfold.sum() / 6
    if abs(volume) < np.finfo(np.float64).tiny:
        return massless()
    total = corners.sum(axis=1)
    com = (sixfold[:, None] * total).sum(axis=0) / (24 * volume)
    # The mean of p p^T over a tetrahedron (0, a, b, c) is (aa + bb + cc + ss) / 20, s = a + b + c.
    products = np.einsum("nki,nkj->nij", corners, corners) + np.einsum("ni,nj->nij", total, total)
    second = np.einsum("n,nij->ij", sixfold, products) / (120 * volume)
    sigma = second - np.outer(com, com)
    mass = density * abs(volume)
    return Inertial(mass, com, mass * (np.trace(sigma) * np.eye(3) - sigma))
