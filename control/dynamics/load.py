"""The weight that the feet carry, and where it lies, from joint torques."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.dynamics import GRAVITY
from canter.control.dynamics.feet import Feet
from canter.control.dynamics.rotations import cross
from canter.control.dynamics.tree import Float
from canter.control.types import Array

SMOOTH_S = 0.5
"""Time constant of the averages: one cycle of a 2 Hz gait, s."""
LEAST_SHARE = 0.3
"""Averages begin at the robot's own weight and never fall below this part of it."""


@dataclass(frozen=True, slots=True)
class Load:
    """Arrays over N robots.

    Attributes:
        mass: of robot and load, kg, (N,).
        place: where their weight acts, from the base's origin, base frame, x and y, m, (N, 2).
    """

    mass: Array
    place: Array


class LoadEstimator:
    """Averages the vertical force of the feet, and its moment about the base, over time.

    Over whole cycles the mean force is the weight, and the mean moment its lever times the weight.

    Args:
        mass: of the robot itself, kg.
        place: where its weight acts in the nominal stance, base frame, x and y, m, (2,).
        robots: N.
    """

    def __init__(self, mass: float, place: Float, robots: int) -> None:
        self._mass, self._place = mass, place
        self._force: Float = np.empty(robots)
        self._lever: Float = np.empty((robots, 2))
        self.reset(np.ones(robots, bool))

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Return to the robot's own weight where masked, (N,)."""
        self._force[mask] = self._mass * GRAVITY
        self._lever[mask] = self._mass * GRAVITY * self._place

    def update(self, feet: Feet, tau: Array, contact: Array, dt: float) -> Load:
        """Return the load after one more reading.

        Args:
            feet: the feet now.
            tau: measured joint torques, Nm, (N, 12).
            contact: 1 where a foot carries load, (N, 4).
            dt: time since the last reading, s.
        """
        force = feet.ground_force(tau) * contact[..., None]
        up = feet.turn[..., -1, :]
        total = force.sum(axis=-2)
        moment = cross(feet.point, force).sum(axis=-2)
        blend = min(dt / SMOOTH_S, 1.0)
        self._force += blend * ((total * up).sum(axis=-1) - self._force)
        about = np.stack([-moment[..., 1], moment[..., 0]], axis=-1)
        self._lever += blend * (about - self._lever)
        weight = np.maximum(self._force, LEAST_SHARE * self._mass * GRAVITY)
        return Load(weight / GRAVITY, self._lever / weight[:, None])
