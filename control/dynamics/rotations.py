"""Rotations in numpy: quaternions wxyz, matrices that turn body vectors into the outer frame."""

import numpy as np

from canter.control.types import Array


def matrix_of_quat(quat: Array) -> Array:
    """Return the rotation matrices, (..., 3, 3), of unit quaternions wxyz, (..., 4)."""
    w, x, y, z = np.moveaxis(quat, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def about_axis(axis: Array, angle: Array) -> Array:
    """Return rotations, (..., 3, 3), by angles, rad, (...,), about unit axes, (..., 3)."""
    k = skew(axis)
    sin, cos = np.sin(angle)[..., None, None], np.cos(angle)[..., None, None]
    return np.eye(3) + sin * k + (1 - cos) * (k @ k)


def skew(v: Array) -> Array:
    """Return the matrices K with K u = v x u, (..., 3, 3), of vectors, (..., 3)."""
    out = np.zeros((*v.shape[:-1], 3, 3))
    x, y, z = np.moveaxis(v, -1, 0)
    out[..., 0, 1], out[..., 0, 2], out[..., 1, 2] = -z, y, -x
    out[..., 1, 0], out[..., 2, 0], out[..., 2, 1] = z, -y, x
    return out


def cross(a: Array, b: Array) -> Array:
    """Return a x b, (..., 3); several times quicker than `numpy.cross` on small arrays."""
    return (skew(a) @ b[..., None])[..., 0]


def frame_turn(yaw: float) -> Array:
    """Return the matrix, (4, 4), that tells orientations wxyz in an outer frame turned by ``yaw``.

    It multiplies a quaternion by (cos, 0, 0, -sin)(yaw / 2) from the left: what has this heading,
    rad, has none in the turned frame.
    """
    c, s = np.cos(yaw / 2), np.sin(yaw / 2)
    return np.array([[c, 0, 0, s], [0, c, s, 0], [0, -s, c, 0], [-s, 0, 0, c]])


def yaw_of_quat(quat: Array) -> Array:
    """Return the heading of orientations wxyz, (..., 4), rad, (...,)."""
    w, x, y, z = np.moveaxis(quat, -1, 0)
    return np.asarray(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))


def yaw_of(matrix: Array) -> Array:
    """Return the heading of rotation matrices, rad, (...,)."""
    return np.arctan2(matrix[..., 1, 0], matrix[..., 0, 0])


def euler_of(matrix: Array) -> Array:
    """Return roll, pitch and yaw (intrinsic z, y', x''), rad, (..., 3), of rotation matrices."""
    roll = np.arctan2(matrix[..., 2, 1], matrix[..., 2, 2])
    pitch = np.arcsin(np.clip(-matrix[..., 2, 0], -1.0, 1.0))
    return np.stack([roll, pitch, yaw_of(matrix)], axis=-1)


def about_z(yaw: Array) -> Array:
    """Return rotations by the heading, rad, (...,), about the vertical, (..., 3, 3)."""
    return about_axis(np.broadcast_to([0.0, 0.0, 1.0], (*yaw.shape, 3)), yaw)
