"""The watch for encoders whose angle and speed contradict each other."""

import numpy as np

from canter.control.robot import RobotSpec
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_limits import Finding
from canter.control.types import JointCommand, RobotState

LONGEST_TICK_S = 0.0101
"""Longest time between two looks of which one can be judged by the other, s."""
JITTER_S = 0.001
"""How far the time between two looks may be off: a robot's own clock may count in ms, s."""


class EncoderWatch:
    """Angles must change as the speeds say: a sign, an offset or a spike that appears is a jump.

    What the speeds explain is anything between no motion and the larger of both speeds over the
    time between the looks and its jitter: an impact changes the speed at an unknown moment between
    them, and where a simulation lost time less of it passed than the stamps say.

    Attributes:
        jump_rad: largest difference between two angles beyond what the speed explains, rad.
        jitter_s: how far time stamps may be off, s.
    """

    def __init__(self, spec: RobotSpec, jump_rad: float = 0.03, jitter_s: float = JITTER_S) -> None:
        self.jump_rad, self.jitter_s = jump_rad, jitter_s
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
        if np.abs(step).max() <= self.jump_rad:
            return None  # as most are
        longest = state.time - last.time + self.jitter_s
        down = longest * np.minimum(np.minimum(state.qd, last.qd), 0.0)
        up = longest * np.maximum(np.maximum(state.qd, last.qd), 0.0)
        jump = np.maximum(step - up, down - step)
        worst = int(jump.argmax())
        if jump[worst] <= self.jump_rad:
            return None
        reason = (
            f"{self._names[worst]} jumped by {step[worst]:+.2f} rad, its speed explains "
            f"{down[worst]:+.3f}..{up[worst]:+.3f}; check its encoder"
        )
        return Finding(
            Reaction.DAMP,
            "encoder jump",
            reason,
            tuple(np.flatnonzero(jump > self.jump_rad).tolist()),
        )
