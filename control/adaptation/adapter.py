"""The seam between a policy's joint command and the motors: whatever adapts it tick by tick."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.types import JointCommand, RobotState


class GainAdapter(Protocol):
    """Changes gains and feed-forward torque on line, from what a robot measures alone.

    An adapter keeps one memory for each of its N robots; a single robot may hand over fields
    without the leading dimension.
    """

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Forget what was learnt of the masked robots, (N,), or of all."""

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        """Return the command to execute now; called at every tick, at 500 Hz or more.

        Args:
            state: the newest measurement, fields (N, ...) or those of one robot.
            command: the newest command of the policy, fields (N, 12) or (12,); never changed.
            dt: time since the last tick, s.

        Returns:
            A new command, shaped as the given one and valid as long.
        """
