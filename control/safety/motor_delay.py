"""How late a robot's motors answer, learnt from its own last second. Own design."""

import numpy as np
from numpy.typing import NDArray

from canter.control.types import Array

LEARN_S, MEMORY_S = 0.5, 1.0
"""Time until the first guess, and over which errors are averaged, s."""
FACTOR, MARGIN_NM = 1.3, 0.15
"""A delay stays possible while its mean error is at most the least one times this, and this, Nm."""
LARGEST_NM = 10.0
"""A single joint's error counts at most so much: one that is broken must not decide, Nm."""


class MotorDelay:
    """Which delays between commands and torques are possible.

    For each candidate the torque that the command of that time asks for in the present state is
    compared with the torque measured now, as a mean over all joints and a sliding time. Delays that
    fit clearly worse than the best are ruled out, unless they lie beside one that fits; a robot
    that stands still rules out none.

    Args:
        candidates: how many delays there are, each a look longer than the one before.
    """

    def __init__(self, candidates: int) -> None:
        self._errors: Array = np.zeros(candidates)
        self._seconds = 0.0

    def look(self, asked: Array, shown: Array, dt: float) -> NDArray[np.bool_]:
        """Return which candidates are possible, (candidates,).

        Args:
            asked: torque that each candidate's command asks for, Nm, (candidates, 12).
            shown: torque measured, Nm, (12,).
            dt: time since the last look, s.
        """
        self._seconds += dt
        errors = np.minimum(np.abs(asked - shown), LARGEST_NM).mean(axis=1)
        self._errors += (errors - self._errors) * (dt / min(self._seconds, MEMORY_S))
        if self._seconds < LEARN_S:
            return np.ones(len(errors), bool)
        fits = self._errors <= self._errors.min() * FACTOR + MARGIN_NM
        possible: NDArray[np.bool_] = fits.copy()
        possible[1:] |= fits[:-1]
        possible[:-1] |= fits[1:]
        return possible
