"""Poses and the records of states: what Isaac Gym's state arrays hold."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.fields import Nested, Number
from canter.sim.isaacgym.maths import QUAT_DTYPE, VEC3_DTYPE, Quat, Record, Vec3

Float = NDArray[np.float64]


class Transform(Record):
    """A pose: turn by ``r``, then move by ``p``, m."""

    dtype = np.dtype([("p", VEC3_DTYPE), ("r", QUAT_DTYPE)])
    p = Nested(Vec3)
    r = Nested(Quat)

    def __init__(self, p: Vec3 | None = None, r: Quat | None = None) -> None:
        self.p = p or Vec3()
        self.r = r or Quat()

    def __mul__(self, other: "Transform") -> Self:
        """Return the pose, in this one's frame of reference, of what ``other`` places in it."""
        return type(self)(self.transform_point(other.p), self.r * other.r)

    def inverse(self) -> "Transform":
        """Return the pose that undoes this one."""
        back = self.r.inverse()
        return Transform(back.rotate(-self.p), back)

    def transform_vector(self, vector: Vec3) -> Vec3:
        """Return the vector turned."""
        return self.r.rotate(vector)

    def transform_point(self, point: Vec3) -> Vec3:
        """Return the point turned and moved, m."""
        return self.r.rotate(point) + self.p

    def transform_vectors(self, vectors: NDArray[np.generic]) -> NDArray[np.void]:
        """Return the vectors turned: records of :attr:`Vec3.dtype`, or rows of three numbers."""
        return _records(_rows(vectors) @ self.r.matrix().T)

    def transform_points(self, points: NDArray[np.generic]) -> NDArray[np.void]:
        """Return the points turned and moved, m; as :meth:`transform_vectors`."""
        return _records(_rows(points) @ self.r.matrix().T + self.p.array())


class Velocity(Record):
    """Linear, m/s, and angular velocity, rad/s, world frame."""

    dtype = np.dtype([("linear", VEC3_DTYPE), ("angular", VEC3_DTYPE)])
    linear = Nested(Vec3)
    angular = Nested(Vec3)

    def __init__(self, p: Vec3 | None = None, q: Vec3 | None = None) -> None:
        self.linear = p or Vec3()
        self.angular = q or Vec3()


class RigidBodyState(Record):
    """Pose and velocity of a body."""

    dtype = np.dtype([("pose", Transform.dtype), ("vel", Velocity.dtype)])
    pose = Nested(Transform)
    vel = Nested(Velocity)


class DofState(Record):
    """Position, rad or m, and velocity of a degree of freedom."""

    dtype = np.dtype([("pos", np.float32), ("vel", np.float32)])
    pos = Number(nan=True)
    vel = Number(nan=True)


class DofFrame(Record):
    """Where the axis of a degree of freedom is, m, and where it points."""

    dtype = np.dtype([("origin", VEC3_DTYPE), ("axis", VEC3_DTYPE)])
    origin = Nested(Vec3)
    axis = Nested(Vec3)

    def __init__(self, origin: Vec3 | None = None, axis: Vec3 | None = None) -> None:
        self.origin = origin or Vec3()
        self.axis = axis or Vec3()


def _rows(vectors: NDArray[np.generic]) -> Float:
    """Return records of three numbers, or rows of them, as (n, 3)."""
    vectors = np.ascontiguousarray(vectors)
    if vectors.dtype == VEC3_DTYPE:
        return vectors.view(np.float32).reshape(-1, 3).astype(float)
    if vectors.ndim != 2 or vectors.shape[1] != 3:
        raise GymError(
            f"an array of shape {vectors.shape} and type {vectors.dtype}; (n, 3) numbers or "
            "records of gymapi.Vec3.dtype wanted"
        )
    return np.asarray(vectors.astype(float))


def _records(rows: Float) -> NDArray[np.void]:
    """Return rows (n, 3) as n records."""
    return np.ascontiguousarray(rows, np.float32).view(VEC3_DTYPE).reshape(-1)
