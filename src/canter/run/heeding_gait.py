"""A gait that words interrupt: with the next control step the robot stands."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from canter.control.types import GaitCommand, JointCommand, RobotState
from canter.sim.rollout import GaitPolicy


class HeedingGait:
    """Walks as commanded unless words have come since the picture that the command answers.

    Args:
        gait: walks.
        interrupted: tells whether words have come.
    """

    def __init__(self, gait: GaitPolicy, interrupted: Callable[[], bool]) -> None:
        self._gait, self._interrupted = gait, interrupted

    def step(self, state: RobotState, command: NDArray[np.float32]) -> JointCommand:
        """Return the joint command of a gait command, (1, 12)."""
        if self._interrupted():
            command = GaitCommand().to_array()[None]
        return self._gait.step(state, command)
