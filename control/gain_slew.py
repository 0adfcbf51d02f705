"""Gains that change no faster than they may: a jump in stiffness is a kick."""

from dataclasses import replace

import numpy as np

from canter.control.types import Array, JointCommand


class GainSlew:
    """Limits how fast kp and kd of successive commands change, each joint for itself.

    Args:
        kp_rate: fastest change of stiffness, Nm/rad/s.
        kd_rate: fastest change of damping, Nm s/rad/s.
    """

    def __init__(self, kp_rate: float, kd_rate: float) -> None:
        self._kp_rate, self._kd_rate = kp_rate, kd_rate
        self._last: JointCommand | None = None
        self._time = 0.0

    def limit(self, command: JointCommand, now: float) -> JointCommand:
        """Return the command, with other gains where it asks for too fast a change.

        Args:
            command: fields (12,) or (1, 12); the first one after `forget` passes as it is.
            now: time, s.
        """
        last = self._last
        if last is not None and not self._equal(last, command):
            elapsed = max(now - self._time, 0.0)
            kp = _towards(last.kp, command.kp, self._kp_rate * elapsed)
            kd = _towards(last.kd, command.kd, self._kd_rate * elapsed)
            if (kp != command.kp).any() or (kd != command.kd).any():
                command = replace(command, kp=kp, kd=kd)
        self.start(command, now)
        return command

    def start(self, command: JointCommand, now: float) -> None:
        """Take a command that is in force as the one from which gains may change."""
        self._last, self._time = command, now

    def forget(self) -> None:
        """Let the next command pass as it is."""
        self._last = None

    @staticmethod
    def _equal(last: JointCommand, command: JointCommand) -> bool:
        return bool((last.kp == command.kp).all() and (last.kd == command.kd).all())


def _towards(start: Array, goal: Array, largest: float) -> Array:
    """Return the goal, or the value that lies on the way to it by the largest step."""
    before = np.reshape(start, goal.shape)
    return np.clip(goal, before - largest, before + largest)
