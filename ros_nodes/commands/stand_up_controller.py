"""From lying to walking: stands the robot up along a smooth way, then hands over to the policy."""

from enum import StrEnum

import numpy as np

from canter.control.impedance import hold_command
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.safety.fall_response import FallResponse
from canter.control.types import GaitCommand, JointCommand, RobotState
from canter.control.unitree.postures import Glide, near_stance, stand_up

UPRIGHT = 0.7
"""Least cosine of the tilt at which the robot may stand up."""
LIMP_KD = 2.0
"""Damping of a robot that may not move, Nm s/rad."""
JUMP_RAD = 0.8
"""Change of a joint angle between two states that means another start, as a simulator makes."""
GAP_S = 0.5
"""A gap between two states after which the posture is looked at anew, s."""


class Mode(StrEnum):
    """What the robot is doing."""

    UNKNOWN = "unknown"
    LYING_TILTED = "cannot stand up, tilted"
    RISING = "standing up"
    WALKING = "walks"


class StandUpController:
    """One robot's way from any upright posture to walking.

    Args:
        policy: walks.
        robot: the robot.

    Attributes:
        mode: what it is doing.
    """

    def __init__(
        self, policy: LocomotionPolicy | FallResponse, robot: RobotSpec = DEFAULT_ROBOT
    ) -> None:
        self._policy, self._robot = policy, robot
        self.mode = Mode.UNKNOWN
        self._glide: Glide | None = None
        self._start = 0.0
        self._last: RobotState | None = None

    def restart(self) -> None:
        """Look at the posture anew, as after damping."""
        self.mode = Mode.UNKNOWN
        self._glide = None

    def step(self, state: RobotState, command: GaitCommand) -> JointCommand:
        """Return the joint command of one control period.

        Args:
            state: what the robot measures, fields (n,).
            command: what to do once it stands.
        """
        if self._last is not None and _elsewhere(self._last, state):
            self.restart()
        self._last = state
        if self.mode in (Mode.UNKNOWN, Mode.LYING_TILTED):
            self._look(state)
        if self.mode is Mode.RISING and self._glide is not None:
            elapsed = state.time - self._start
            if elapsed < self._glide.duration:
                return self._glide.command(elapsed, state.time)
            self._walk()
        if self.mode is Mode.WALKING:
            return self._policy.step(state, command)
        return _limp(state)

    def rest(self, state: RobotState) -> JointCommand:
        """Return a command without stiffness, for a robot that may not move."""
        self.restart()
        return _limp(state)

    def _look(self, state: RobotState) -> None:
        """Choose what to do from the posture."""
        *_, down = state.projected_gravity()
        if -down < UPRIGHT:
            self.mode = Mode.LYING_TILTED
        elif near_stance(state.q, self._robot):
            self._walk()
        else:
            self.mode, self._start = Mode.RISING, state.time
            self._glide = stand_up(state.q, self._robot)

    def _walk(self) -> None:
        self._policy.reset()
        self.mode = Mode.WALKING


def _elsewhere(before: RobotState, state: RobotState) -> bool:
    """Tell whether states were missed for long, or a joint moved further than any motor could."""
    gap = not 0.0 <= state.time - before.time <= GAP_S
    return gap or bool(np.abs(state.q - before.q).max() > JUMP_RAD)


def _limp(state: RobotState) -> JointCommand:
    damping = np.full_like(state.q, LIMP_KD)
    return hold_command(state.q, np.zeros_like(state.q), damping, state.time)
