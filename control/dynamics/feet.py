"""What legs tell of the ground: contact points, how they move, and what force they carry."""

from dataclasses import dataclass

import numpy as np

from canter.control.dynamics.dynamics import BASE, GRAVITY, LegDynamics
from canter.control.dynamics.rotations import cross, matrix_of_quat
from canter.control.types import Array, RobotState


@dataclass(frozen=True, slots=True)
class Feet:
    """The feet of N robots in one instant, base frame.

    Attributes:
        turn: turns base vectors into the world, (N, 3, 3).
        foot: centres of the feet, m, (N, 4, 3).
        point: lowest points of the feet, m, (N, 4, 3).
        jacobian: d point / d q of each leg, m/rad, (N, 4, 3, 3).
        velocity: of the lowest points against a base that is at rest but turns, m/s, (N, 4, 3).
        leg_torque: torques that the links' own gravity and motion take, Nm, (N, 12).
    """

    turn: Array
    foot: Array
    point: Array
    jacobian: Array
    velocity: Array
    leg_torque: Array

    def ground_force(self, tau: Array) -> Array:
        """Return the force of the ground on each foot, base frame, N, (N, 4, 3).

        Joints without friction and links that do not accelerate against the base are assumed.

        Args:
            tau: measured joint torques, Nm, (N, 12).
        """
        spare = (self.leg_torque - tau).reshape(*self.foot.shape, 1)
        return np.linalg.solve(np.swapaxes(self.jacobian, -1, -2), spare)[..., 0]

    def joint_torque(self, force: Array) -> Array:
        """Return the joint torques, Nm, (N, 12), that answer ground forces, N, (N, 4, 3)."""
        torque = -(np.swapaxes(self.jacobian, -1, -2) @ force[..., None])
        return torque.reshape(*force.shape[:-2], -1)


def feet_of(state: RobotState, dynamics: LegDynamics) -> Feet:
    """Return the feet of the robots.

    Args:
        state: what they measure, (N, ...).
        dynamics: their bodies.
    """
    turn = matrix_of_quat(state.quat)
    posture = dynamics.legs.posture(state.q)
    point = posture.foot - dynamics.legs.spec.foot_radius * turn[..., None, -1, :]
    jacobian = posture.jacobian(point)
    speeds = state.qd.reshape(*point.shape, 1)
    velocity = (jacobian @ speeds)[..., 0] + cross(state.gyro[..., None, :], point)
    torque = dynamics.bias(state.q, state.qd, state.gyro, _specific_force(state))
    return Feet(turn, posture.foot, point, jacobian, velocity, torque[..., BASE:])


def _specific_force(state: RobotState) -> Array:
    """Return that of a base that does not accelerate, m/s^2, (N, 3).

    The accelerometer itself rings with every footfall: one reading a period says little.
    """
    return -GRAVITY * state.projected_gravity()
