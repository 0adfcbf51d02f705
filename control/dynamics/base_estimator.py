"""Velocity and height of the base from legs and IMU alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.dynamics import GRAVITY, LegDynamics
from canter.control.dynamics.feet import Feet, feet_of
from canter.control.dynamics.rotations import about_z, yaw_of
from canter.control.dynamics.tree import Float
from canter.control.robot import RobotSpec
from canter.control.types import Array, RobotState

TRUST = 0.5
"""Share of the newest leg odometry in the velocity."""
TRUST_HEIGHT = 0.5
"""Share of the newest leg length in the height."""


@dataclass(frozen=True, slots=True)
class Motion:
    """The base in the level frame at its heading; arrays over N robots.

    Attributes:
        level: turns base vectors into the level frame, (N, 3, 3).
        velocity: of the base's origin, m/s, (N, 3).
        height: of the base's origin over the ground under the feet, m, (N,).
        turned: heading gained since the last step, rad, (N,).
    """

    level: Array
    velocity: Array
    height: Array
    turned: Array


class BaseEstimator:
    """Leg odometry: a foot that carries load stands still, so the base moves against it.

    Args:
        standing_height: height before anything is measured, m.
        robots: N.
        dt: control period, s.
    """

    def __init__(self, standing_height: float, robots: int, dt: float) -> None:
        self._standing, self._dt = standing_height, dt
        self._velocity: Float = np.zeros((robots, 3))
        self._height: Float = np.full(robots, standing_height)
        self._yaw: Float = np.full(robots, np.nan)

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Put the masked robots, (N,), at rest at their standing height."""
        self._velocity[mask], self._height[mask], self._yaw[mask] = 0.0, self._standing, np.nan

    def update(self, feet: Feet, contact: Array) -> Motion:
        """Return the motion after one more reading.

        Args:
            feet: the feet now.
            contact: how much each foot is trusted to stand still, (N, 4); 0 in the air.
        """
        yaw = yaw_of(feet.turn)
        level = about_z(-yaw) @ feet.turn
        turned = np.nan_to_num((yaw - self._yaw + np.pi) % (2 * np.pi) - np.pi)
        self._yaw = yaw
        self._velocity = (about_z(-turned) @ self._velocity[..., None])[..., 0]
        count = contact.sum(axis=-1)
        share = contact / np.where(count > 0, count, 1.0)[:, None]
        seen = -(feet.velocity * share[..., None]).sum(axis=-2)
        reach = -((feet.point * share[..., None]).sum(axis=-2) * level[..., -1, :]).sum(axis=-1)
        trust = TRUST * (count > 0)[:, None]
        self._velocity += trust * ((level @ seen[..., None])[..., 0] - self._velocity)
        self._height += TRUST_HEIGHT * (count > 0) * (reach - self._height)
        flying = count == 0
        self._height[flying] += self._velocity[flying, -1] * self._dt
        self._velocity[flying, -1] -= GRAVITY * self._dt
        return Motion(level, self._velocity.copy(), self._height.copy(), turned)


class VelocityEstimator:
    """Velocity of the base in its own frame, for policies that other programs trained on it.

    Feet slip where they carry little: each is trusted by the square of the force upon it, which
    joint torques tell. Own choice; figures in docs/foreign_policies.md.

    Args:
        spec: the robot.
        robots: N.
        dt: control period, s.
    """

    def __init__(self, spec: RobotSpec, robots: int, dt: float) -> None:
        self._dynamics = LegDynamics(spec)
        self._base = BaseEstimator(spec.standing_height, robots, dt)

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Put the masked robots, (N,), at rest."""
        self._base.reset(mask)

    def update(self, state: RobotState) -> Array:
        """Return the velocity of the base's origin, base frame, m/s, (N, 3).

        Args:
            state: what the robots measure, (N, ...).
        """
        feet = feet_of(state, self._dynamics)
        up_b = feet.turn[..., None, -1, :]
        force = np.maximum((feet.ground_force(state.tau) * up_b).sum(axis=-1), 0.0)
        motion = self._base.update(feet, force**2 * state.foot_contact)
        return np.asarray((np.swapaxes(motion.level, -1, -2) @ motion.velocity[..., None])[..., 0])
