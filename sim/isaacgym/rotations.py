"""Rotations of many vectors by many quaternions, wxyz.

Kinematics keeps components along the first axis, the fastest way; tensors have them along the last.
"""

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def product(left: Float, right: Float) -> Float:
    """Return the product of quaternions, wxyz along the first axis."""
    a, b, c, d = left
    w, x, y, z = right
    return np.stack(
        [
            a * w - b * x - c * y - d * z,
            a * x + b * w + c * z - d * y,
            a * y - b * z + c * w + d * x,
            a * z + b * y - c * x + d * w,
        ]
    )


def cross(left: Float, right: Float) -> Float:
    """Return the cross product of vectors, components along the first axis."""
    a, b, c = left
    x, y, z = right
    return np.stack([b * z - c * y, c * x - a * z, a * y - b * x])


def rotate_columns(quat: Float, vector: Float) -> Float:
    """Return vectors turned by unit quaternions, v + 2 w (u x v) + 2 u x (u x v), (3, ...)."""
    twice = 2 * cross(quat[1:], vector)
    return np.asarray(vector + quat[0] * twice + cross(quat[1:], twice))


def rotate(quat: Float, vector: Float) -> Float:
    """Return vectors, (..., 3), turned by as many unit quaternions, (..., 4)."""
    turned = rotate_columns(np.moveaxis(quat, -1, 0), np.moveaxis(vector, -1, 0))
    return np.moveaxis(turned, 0, -1)


def conjugate(quat: Float) -> Float:
    """Return the inverses of unit quaternions, (..., 4)."""
    return np.asarray(quat * np.array([1.0, -1.0, -1.0, -1.0]))
