"""Rotations of many vectors by many quaternions; quaternions are wxyz, arrays broadcast."""

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def rotate(quat: Float, vector: Float) -> Float:
    """Return vectors turned by unit quaternions, (..., 3)."""
    w, v = quat[..., :1], quat[..., 1:]
    twice = 2 * np.cross(v, vector)
    return np.asarray(vector + w * twice + np.cross(v, twice))


def conjugate(quat: Float) -> Float:
    """Return the inverses of unit quaternions, (..., 4)."""
    return np.asarray(quat * np.array([1.0, -1.0, -1.0, -1.0]))
