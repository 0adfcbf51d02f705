"""Which command the motors follow: the override, the controller's, their own stance, damping."""

import time
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from canter.control.impedance import JOINT_VALID_S, damping_command
from canter.control.robot import RobotSpec
from canter.control.types import JointCommand

STANCE_DAMPING = 2.0
"""A robot stands that nobody has taken over yet with its own gains, damped by so much more."""


class Follows(StrEnum):
    """Whom the motors follow."""

    STANCE = "stance"
    CONTROLLER = "controller"
    OVERRIDE = "override"
    DAMPING = "damping"


class MotorInbox:
    """The newest motor commands and the choice among them.

    Attributes:
        follows: whom the motors followed at the last choice.
        since: when that became so, monotonic, s.
        stamp: of the controller's command that they followed, on its own clock, s; 0 for no such.
    """

    def __init__(
        self,
        spec: RobotSpec,
        posture: np.ndarray[tuple[int, ...], np.dtype[np.floating]] | None,
        timeout_s: float = 0.1,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin in the robot's own stance, which holds until the first command.

        Args:
            spec: the robot.
            posture: joint angles of its own stance, rad, (12,); None for a robot that damps until
                the first command.
            timeout_s: age at which a command is followed no more, s.
            now: monotonic clock, s.
        """
        self._spec, self._timeout, self._now = spec, timeout_s, now
        kd = STANCE_DAMPING * spec.kd
        stance = spec.default_q if posture is None else posture
        self._stance = JointCommand(np.array(stance), spec.kp, kd, 0 * kd, np.inf)
        self._newest: dict[Follows, tuple[float, float, JointCommand]] = {}
        self._taken_over = posture is None
        self.follows = Follows.DAMPING if posture is None else Follows.STANCE
        self.since = now()
        self.stamp = 0.0

    def put(self, sender: Follows, command: JointCommand, stamp: float = 0.0) -> None:
        """Take a command that arrived now from the controller or the override, with its stamp."""
        self._newest[sender] = (self._now(), stamp, command)
        self._taken_over = True

    def choose(self) -> JointCommand:
        """Return the command of this physics step, with gains that brake and never drive apart."""
        now = self._now()
        follows, stamp, command = self._choice(now)
        self.stamp = stamp if follows is Follows.CONTROLLER else 0.0
        if follows is not self.follows:
            self.follows, self.since = follows, now
        return command

    def _choice(self, now: float) -> tuple[Follows, float, JointCommand]:
        for sender in (Follows.OVERRIDE, Follows.CONTROLLER):
            arrived, stamp, command = self._newest.get(sender, (-np.inf, 0.0, self._stance))
            if now - arrived <= self._timeout:
                return sender, stamp, command
        if not self._taken_over:
            return Follows.STANCE, 0.0, self._stance
        return Follows.DAMPING, 0.0, damping_command(self._spec, now + JOINT_VALID_S)
