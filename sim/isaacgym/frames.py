"""Where one frame lies in another, with wxyz quaternions."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Pose of a frame in a reference frame.

    Attributes:
        pos: origin, m, (3,).
        quat: orientation, wxyz, unit length, (4,).
    """

    pos: Float
    quat: Float

    @classmethod
    def identity(cls) -> "Pose":
        """Return the pose of the reference frame itself."""
        return cls(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))

    @property
    def rotation(self) -> Float:
        """Matrix that turns the frame's vectors into the reference frame's, (3, 3)."""
        flat = np.empty(9)
        mujoco.mju_quat2Mat(flat, self.quat)
        return flat.reshape(3, 3)

    def point(self, point: ArrayLike) -> Float:
        """Return a point of the frame, m, (3,), in the reference frame."""
        return np.asarray(self.pos + self.rotation @ np.asarray(point, dtype=np.float64))

    def __matmul__(self, inner: "Pose") -> "Pose":
        """Return the reference-frame pose of what has pose `inner` in this frame."""
        quat = np.empty(4)
        mujoco.mju_mulQuat(quat, self.quat, inner.quat)
        return Pose(self.point(inner.pos), quat)


def quat_from_rpy(rpy: ArrayLike) -> Float:
    """Return the quaternion, wxyz, (4,), of URDF's roll, pitch, yaw about fixed x, y, z, rad."""
    half = np.asarray(rpy, dtype=np.float64) / 2
    (cr, cp, cy), (sr, sp, sy) = np.cos(half), np.sin(half)
    return np.array(
        [
            cr * cp * cy + sr * sp * sy,
            sr * cp * cy - cr * sp * sy,
            cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy,
        ]
    )
