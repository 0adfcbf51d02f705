"""The watch for encoders whose angle and speed contradict each other."""

import numpy as np

from canter.control.heartbeat import Reaction
from canter.control.robot import RobotSpec
from canter.control.safety_limits import Finding
from canter.control.types import JointCommand, RobotState

LONGEST_TICK_S = 0.0101
"""Longest time between two looks of which one can be judged by the other, s."""


class EncoderWatch:
    """Angles must change as the speeds say: a sign, an offset or a spike that appears is a jump.

    Attributes:
        jump_rad: largest difference between two angles beyond what the speed explains, rad.
    """

    def __init__(self, spec: RobotSpec, jump_rad: float = 0.03) -> None:
        self.jump_rad = jump_rad
        self._names = spec.joint_names
        self._last: RobotState | None = None

    def forget(self) -> None:
        """Begin anew."""
        self._last = None

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Compare with the measurement before; a joint that jumped is not to be braked."""
        del command, now
        last, self._last = self._last, state
        if last is None or not 0 < state.time - last.time <= LONGEST_TICK_S:
            return None
        step = state.q - last.q
        explained = 0.5 * (state.time - last.time) * (state.qd + last.qd)
        jump = np.abs(step - explained)
        worst = int(jump.argmax())
        if jump[worst] <= self.jump_rad:
            return None
        reason = (
            f"{self._names[worst]} jumped by {step[worst]:+.2f} rad, its speed explains "
            f"{explained[worst]:+.3f}; check its encoder"
        )
        return Finding(
            Reaction.DAMP,
            "encoder jump",
            reason,
            tuple(np.flatnonzero(jump > self.jump_rad).tolist()),
        )
