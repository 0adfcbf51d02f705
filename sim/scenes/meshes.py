"""The meshes that scenes share: cones and pyramids in a few widths."""

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.scenes.shapes import CONE_ASPECT, CONE_WIDTHS, PYRAMID_ASPECT, PYRAMID_WIDTHS

CONE_SIDES = 24


def add_meshes(spec: mujoco.MjSpec) -> None:
    """Add one convex mesh per cone and pyramid width, its base at z = 0."""
    for width in CONE_WIDTHS:
        spec.add_mesh(name=cone_name(width), uservert=cone_vertices(width).ravel())
    for width in PYRAMID_WIDTHS:
        spec.add_mesh(name=pyramid_name(width), uservert=pyramid_vertices(width).ravel())


def cone_name(width: float) -> str:
    """Return the name of the mesh of a cone."""
    return f"cone_{round(1000 * width)}"


def pyramid_name(width: float) -> str:
    """Return the name of the mesh of a pyramid."""
    return f"pyramid_{round(1000 * width)}"


def cone_vertices(width: float) -> NDArray[np.float64]:
    """Return the corners of a cone that stands on z = 0, rim first, m, (CONE_SIDES + 1, 3)."""
    angles = np.linspace(0.0, 2 * math.pi, CONE_SIDES, endpoint=False)
    rim = np.stack([np.cos(angles), np.sin(angles), np.zeros(CONE_SIDES)], axis=-1) * width / 2
    return np.concatenate([rim, [[0.0, 0.0, CONE_ASPECT * width]]])


def pyramid_vertices(width: float) -> NDArray[np.float64]:
    """Return the corners of a square pyramid that stands on z = 0, m, (5, 3)."""
    half = width / 2
    base = [[x, y, 0.0] for x in (-half, half) for y in (-half, half)]
    return np.array([*base, [0.0, 0.0, PYRAMID_ASPECT * width]])
