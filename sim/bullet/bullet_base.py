"""The base frames of robots in Bullet, which itself speaks of their inertial frames."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.layout import Layout
from canter.sim.bullet.bullet_robot import BulletRobot
from canter.sim.isaacgym.rotations import conjugate, cross, product, rotate_columns

Float = NDArray[np.float64]

RAW = Layout({"centre_w": 3, "turn_xyzw": 4, "linear_w": 3, "angular_w": 3})
"""Order of `BulletRobot.raw_base`."""


@dataclass(frozen=True, slots=True)
class Bases:
    """Pose and motion of the base frames of N robots.

    Attributes:
        pos_w: position, world frame, m, (N, 3).
        quat: orientation, wxyz, (N, 4).
        lin_vel_w: velocity, world frame, m/s, (N, 3).
        ang_vel_b: angular velocity, base frame, rad/s, (N, 3).
    """

    pos_w: Float
    quat: Float
    lin_vel_w: Float
    ang_vel_b: Float

    @classmethod
    def of(cls, robots: Sequence[BulletRobot]) -> "Bases":
        """Read the bases of these robots."""
        raw = np.array([one.raw_base() for one in robots]).reshape(-1, RAW.size).T
        centre, turn, linear, angular = (raw[RAW[name]] for name in RAW)
        inertial_pos = np.stack([one.inertial_pos for one in robots], axis=-1)
        inertial_quat = np.stack([conjugate(one.inertial_quat) for one in robots], axis=-1)
        quat = product(np.roll(turn, 1, axis=0), inertial_quat)
        arm = rotate_columns(quat, inertial_pos)
        back = conjugate(quat.T).T
        return cls(
            pos_w=(centre - arm).T.copy(),
            quat=quat.T.copy(),
            lin_vel_w=(linear - cross(angular, arm)).T.copy(),
            ang_vel_b=rotate_columns(back, angular).T.copy(),
        )

    def velocity_of(self, point_b: Float) -> Float:
        """Return the velocity of a point of the base, (3,), m, in the world frame, m/s, (N, 3)."""
        turning = cross(self.ang_vel_b.T, point_b[:, None] + np.zeros(len(self.quat)))
        return np.asarray(self.lin_vel_w + rotate_columns(self.quat.T, turning).T)

    def keep(self, chosen: NDArray[np.intp], read: "Bases") -> None:
        """Take over what was read of the chosen robots, (count,)."""
        self.pos_w[chosen], self.quat[chosen] = read.pos_w, read.quat
        self.lin_vel_w[chosen], self.ang_vel_b[chosen] = read.lin_vel_w, read.ang_vel_b
