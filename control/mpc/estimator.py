"""Velocity and height of the base from legs and IMU alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.dynamics import GRAVITY
from canter.control.dynamics.feet import Feet
from canter.control.dynamics.rotations import about_z, yaw_of
from canter.control.dynamics.tree import Float
from canter.control.types import Array

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
            contact: 1 where a foot carries load, (N, 4).
        """
        yaw = yaw_of(feet.turn)
        level = about_z(-yaw) @ feet.turn
        turned = np.nan_to_num((yaw - self._yaw + np.pi) % (2 * np.pi) - np.pi)
        self._yaw = yaw
        self._velocity = (about_z(-turned) @ self._velocity[..., None])[..., 0]
        count = contact.sum(axis=-1)
        share = contact / np.maximum(count, 1.0)[:, None]
        seen = -(feet.velocity * share[..., None]).sum(axis=-2)
        reach = -((feet.point * share[..., None]).sum(axis=-2) * level[..., -1, :]).sum(axis=-1)
        trust = TRUST * (count > 0)[:, None]
        self._velocity += trust * ((level @ seen[..., None])[..., 0] - self._velocity)
        self._height += TRUST_HEIGHT * (count > 0) * (reach - self._height)
        flying = count == 0
        self._height[flying] += self._velocity[flying, -1] * self._dt
        self._velocity[flying, -1] -= GRAVITY * self._dt
        return Motion(level, self._velocity.copy(), self._height.copy(), turned)
