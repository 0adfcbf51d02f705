"""How a vertical force on each foot shows in the joints of its leg: the regressor of the laws."""

import numpy as np

from canter.control.dynamics.straight_leg import straight_leg
from canter.control.dynamics.tree import LINKS_PER_LEG, Float
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import Array

# Of a quaternion wxyz, the products xz, wy, yz, wx, xx, yy make the world's upward axis.
_LEFT, _RIGHT = np.array([1, 0, 2, 0, 1, 2]), np.array([3, 2, 3, 1, 1, 2])
_UP = np.array([[2.0, 0, 0], [-2.0, 0, 0], [0, 2.0, 0], [0, 2.0, 0], [0, 0, -2.0], [0, 0, -2.0]])
_UPRIGHT = np.array([0.0, 0.0, 1.0])


class SupportArms:
    """The joint torques with which each leg carries one newton, of N robots.

    The legs are the usual ones: the hip turns about the base's x axis, thigh and calf about y, all
    straight. A leg that pushes down with a force F takes the torques ``arm F``; of torques, the
    part ``load(tau)`` of the least-squares fit pushes down. The update comes in three parts, so
    that a fast loop may spread it over its ticks.

    Attributes:
        arm: -J^T u, m, (N, 4, 3): J of the foot's centre, u the world's upward axis.
    """

    def __init__(self, spec: RobotSpec, robots: int) -> None:
        """Stand N robots upright in the nominal stance.

        Args:
            spec: the robot.
            robots: N.

        Raises:
            CanterError: its legs are not straight.
        """
        leg, legs = straight_leg(spec), spec.tree.by_leg(spec.joint_names)
        self._abduction: Float = np.array([thigh.origin[1] for _, thigh, _ in legs])
        self._reach = -np.array([[leg.thigh, 0.0], [leg.calf, leg.calf]])
        self._shape = (robots, len(LEGS), LINKS_PER_LEG)
        self._upward: Float = np.zeros((3, robots, 1))
        self.arm: Float = np.empty(self._shape)
        self.tilt(np.tile([1.0, 0.0, 0.0, 0.0], (robots, 1)))
        self.bend(np.tile(spec.default_q, (robots, 1)))
        self.turn()

    def tilt(self, quat: Array) -> None:
        """Take the orientation of the base, unit quaternions wxyz, (N, 4) or (4,)."""
        quat = quat.reshape(-1, 4)
        upward = (quat.take(_LEFT, 1) * quat.take(_RIGHT, 1)) @ _UP + _UPRIGHT
        self._upward[..., 0] = upward.T

    def bend(self, q: Array) -> None:
        """Take the joint angles, rad, (N, 12) or (12,)."""
        angles = q.reshape(self._shape).copy()
        angles[..., 2] += angles[..., 1]
        sines, cosines = np.sin(angles), np.cos(angles)
        self._sine, self._cosine = sines[..., 0], cosines[..., 0]
        self._across = sines[..., 1:] @ self._reach
        self._down = cosines[..., 1:] @ self._reach

    def turn(self) -> None:
        """Work out the arms from orientation and angles."""
        x, y, z = self._upward
        tangent = y * self._sine - z * self._cosine
        radial = y * self._cosine + z * self._sine
        arm = self.arm
        arm[..., 0] = self._abduction * tangent + self._down[..., 0] * radial
        np.multiply(self._across, -tangent[..., None], out=arm[..., 1:])
        arm[..., 1:] -= self._down * x[..., None]

    def load(self, tau: Array) -> Array:
        """Return the force with which each leg pushes down, N, (N, 4).

        Args:
            tau: joint torques, Nm, (N, 12) or (12,).
        """
        arm = self.arm
        pushed: Array = np.add.reduce(arm * tau.reshape(self._shape), axis=-1)
        square: Array = np.add.reduce(arm * arm, axis=-1)
        return pushed / square

    def torque(self, force: Array) -> Array:
        """Return the joint torques, Nm, (N, 4, 3), that push down with a force, N, (N, 4)."""
        return self.arm * force[..., None]
