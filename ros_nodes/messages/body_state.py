"""A driver's measurements as the graph has them: on its clock, and from where it started. No ROS.

The frame ``odom`` lies on the floor beneath the robot's start and is turned with it, so the yaw at
the start counts as zero, whatever the inertial sensor calls it.
"""

from dataclasses import replace

from canter.control.dynamics.rotations import frame_turn, matrix_of_quat, yaw_of
from canter.control.estimation.base_filter import BaseEstimate, BaseFilter
from canter.control.robot import RobotSpec
from canter.control.types import Array, RobotState

ESTIMATE_S, STATE_S = 0.004, 0.02
"""Time between two readings of odometry's filter, and between two states for everybody, s."""
LONGEST_S = 0.1
"""A longer time without a measurement counts as so much, s: the filter cannot bridge it."""


class BodyState:
    """One robot's; measurements go through `take` in the order of their times.

    Args:
        robot: the robot.

    Attributes:
        due: the measurement taken last is one for everybody.
    """

    def __init__(self, robot: RobotSpec) -> None:
        self._filter = BaseFilter(robot)
        self._turn: Array | None = None
        self._estimated = self._published = self._stamp = 0.0
        self.due = False

    def take(self, state: RobotState, stamp: float) -> RobotState:
        """Return a measurement with the yaw from the start and another clock's stamp, s."""
        if self._turn is None:
            self._turn = frame_turn(yaw_of(matrix_of_quat(state.quat)).item())
            self._estimated = state.time - ESTIMATE_S
        self._stamp = max(self._stamp, stamp)  # two clocks are read: a stamp must not go back
        seen = replace(state, time=self._stamp, quat=self._turn @ state.quat)
        elapsed = state.time - self._estimated
        if elapsed >= 0.9 * ESTIMATE_S:
            self._filter.update(seen, min(elapsed, LONGEST_S))
            self._estimated = state.time
        self.due = state.time - self._published >= 0.95 * STATE_S
        if self.due:  # on the grid of its period, so that a late one does not delay the next
            late = state.time - self._published >= 2 * STATE_S
            self._published = state.time if late else self._published + STATE_S
        return seen

    def odometry(self) -> BaseEstimate:
        """Return how the robot thinks that it has moved; arrays over one."""
        return self._filter.estimate()
