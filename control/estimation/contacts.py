"""Which feet carry load, from joint torques: for robots whose feet do not feel the ground."""

import numpy as np

from canter.control.dynamics.dynamics import GRAVITY, LegDynamics
from canter.control.dynamics.feet import feet_of
from canter.control.robot import RobotSpec
from canter.control.types import Array, RobotState

LOADED = 0.15
"""A foot that presses up the robot by more than this share of its weight carries load."""


class TorqueContacts:
    """Contact of N robots' feet, by the force that answers their joint torques.

    Args:
        spec: the robot.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._dynamics = LegDynamics(spec)
        self._least = LOADED * spec.mass * GRAVITY

    def of(self, state: RobotState) -> Array:
        """Return 1 where a foot carries load, (N, 4); the state's fields are (N, ...)."""
        feet = feet_of(state, self._dynamics)
        up = feet.turn[:, None, -1, :]
        lifted = (feet.ground_force(state.tau) * up).sum(axis=-1)
        return np.asarray(lifted > self._least, float)
