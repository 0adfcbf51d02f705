"""Vectors, rotations and poses of Isaac Gym; its quaternions are xyzw."""

import math
from typing import ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.fields import Nested, Number, Struct, scalar

Float = NDArray[np.float64]

VEC3_DTYPE = np.dtype([(axis, np.float32) for axis in "xyz"])
QUAT_DTYPE = np.dtype([(axis, np.float32) for axis in "xyzw"])


class Record(Struct):
    """A struct of numbers that also has a NumPy record type."""

    dtype: ClassVar[np.dtype[np.void]]

    @classmethod
    def from_buffer(cls, buffer: object) -> Self:
        """Return the struct that a record of :attr:`dtype`, or its bytes, holds.

        Raises:
            GymError: the buffer has another size.
        """
        data = np.frombuffer(buffer, np.uint8)  # type: ignore[call-overload]  # checked by NumPy
        if data.size != cls.dtype.itemsize:
            raise GymError(
                f"{cls.__name__}.from_buffer: {data.size} bytes; {cls.dtype.itemsize} wanted"
            )
        return cls._from_numbers(data.view(np.float32).astype(float))

    @classmethod
    def _from_numbers(cls, numbers: Float) -> Self:
        """Return the struct whose numbers, in the order of its fields, are these."""
        made = cls()
        start = 0
        for name, value in made.__dict__.items():
            if isinstance(value, Record):
                stop = start + value.dtype.itemsize // 4
                made.__dict__[name] = value._from_numbers(numbers[start:stop])
            else:
                stop = start + 1
                made.__dict__[name] = float(numbers[start])
            start = stop
        return made

    def array(self) -> Float:
        """Return the numbers in the order of the fields, inner structs flattened."""
        parts = [
            value.array() if isinstance(value, Record) else [value]
            for value in self.__dict__.values()
        ]
        return np.concatenate(parts).astype(float)

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray[np.generic]:
        """Return :meth:`array` when NumPy is handed the struct."""
        return self.array().astype(dtype or np.float32)


class Vec3(Record):
    """Three numbers: a position, m, a direction or a velocity."""

    dtype = VEC3_DTYPE
    x = Number(nan=True)
    y = Number(nan=True)
    z = Number(nan=True)

    def __init__(self, x: object = 0.0, y: object = 0.0, z: object = 0.0) -> None:
        self.x, self.y, self.z = x, y, z

    def __add__(self, other: "Vec3") -> "Vec3":
        """Return the sum."""
        return Vec3(*(self.array() + other.array()))

    def __sub__(self, other: "Vec3") -> "Vec3":
        """Return the difference."""
        return Vec3(*(self.array() - other.array()))

    def __neg__(self) -> "Vec3":
        """Return the opposite vector."""
        return Vec3(*-self.array())

    def __mul__(self, factor: object) -> "Vec3":
        """Return the multiple."""
        return Vec3(*(self.array() * scalar(factor, "Vec3 *")))

    __rmul__ = __mul__

    def __truediv__(self, divisor: object) -> "Vec3":
        """Return the quotient."""
        return Vec3(*(self.array() / scalar(divisor, "Vec3 /")))

    def dot(self, other: "Vec3") -> float:
        """Return the scalar product."""
        return float(self.array() @ other.array())

    def cross(self, other: "Vec3") -> "Vec3":
        """Return the vector product."""
        return Vec3(*np.cross(self.array(), other.array()))

    def length_sq(self) -> float:
        """Return the square of the length."""
        return self.dot(self)

    def length(self) -> float:
        """Return the length."""
        return math.sqrt(self.length_sq())

    def normalize(self) -> "Vec3":
        """Return the unit vector of the same direction; of a vector of length 0, itself."""
        return self / (self.length() or 1.0)


class Quat(Record):
    """A rotation as a quaternion, xyzw; (0, 0, 0, 1) turns nothing."""

    dtype = QUAT_DTYPE
    x = Number(nan=True)
    y = Number(nan=True)
    z = Number(nan=True)
    w = Number(1.0, nan=True)

    def __init__(self, x: object = 0.0, y: object = 0.0, z: object = 0.0, w: object = 1.0) -> None:
        self.x, self.y, self.z, self.w = x, y, z, w

    @classmethod
    def from_axis_angle(cls, axis: Vec3, angle: object) -> Self:
        """Return the rotation by an angle, rad, about an axis of any length."""
        half = scalar(angle, "Quat.from_axis_angle") / 2
        unit = axis.array() / (axis.length() or 1.0)
        x, y, z = math.sin(half) * unit
        return cls(x, y, z, math.cos(half))

    @classmethod
    def from_euler_zyx(cls, roll: object, pitch: object, yaw: object) -> Self:
        """Return the rotation Rz(yaw) Ry(pitch) Rx(roll), angles in rad.

        The name tells the order of the axes, not of the arguments: public code passes roll (about
        x) first and yaw (about z) last.
        """
        angles = (roll, pitch, yaw)
        axes = (Vec3(1, 0, 0), Vec3(0, 1, 0), Vec3(0, 0, 1))
        x, y, z = (
            cls.from_axis_angle(axis, angle) for axis, angle in zip(axes, angles, strict=True)
        )
        return z * y * x

    def to_euler_zyx(self) -> tuple[float, float, float]:
        """Return (roll, pitch, yaw), rad, of which :meth:`from_euler_zyx` makes this rotation."""
        x, y, z, w = self.normalize().array()
        roll = math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
        pitch = math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
        yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        return roll, pitch, yaw

    def __mul__(self, other: "Quat") -> Self:
        """Return the rotation that turns by ``other`` first, then by this (Hamilton's product)."""
        x1, y1, z1, w1 = self.array()
        x2, y2, z2, w2 = other.array()
        return type(self)(
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
            w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
        )

    def inverse(self) -> "Quat":
        """Return the opposite rotation (of a unit quaternion)."""
        return Quat(-self.x, -self.y, -self.z, self.w)

    def normalize(self) -> "Quat":
        """Return the quaternion scaled to length 1; of (0, 0, 0, 0), the identity."""
        length = float(np.linalg.norm(self.array()))
        return Quat(*(self.array() / length)) if length else Quat()

    def matrix(self) -> Float:
        """Return the rotation matrix (3, 3) of the normalised quaternion."""
        x, y, z, w = self.normalize().array()
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )

    def rotate(self, vector: Vec3) -> Vec3:
        """Return the vector turned."""
        return Vec3(*(self.matrix() @ vector.array()))


class Mat33(Struct):
    """A matrix by its rows ``x``, ``y`` and ``z``: an inertia tensor, kg m^2; new, all zeros."""

    x = Nested(Vec3)
    y = Nested(Vec3)
    z = Nested(Vec3)

    def array(self) -> Float:
        """Return the matrix (3, 3)."""
        return np.array([[row.x, row.y, row.z] for row in (self.x, self.y, self.z)])

    @classmethod
    def from_array(cls, matrix: Float) -> Self:
        """Return the struct of a matrix (3, 3)."""
        made = cls()
        made.x, made.y, made.z = (Vec3(*row) for row in matrix)
        return made
