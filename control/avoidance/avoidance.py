"""The one place that every body command passes: it is bent so that the robot hits nothing."""

from dataclasses import dataclass

import numpy as np

from canter.control.avoidance.footprint import Footprint
from canter.control.avoidance.obstacle_memory import ObstacleMemory, Place
from canter.control.avoidance.range_scan import RangeScan
from canter.control.avoidance.velocity_barrier import BarrierSettings, VelocityBarrier
from canter.control.dynamics.rotations import matrix_of_quat, yaw_of
from canter.control.estimation.base_filter import BaseFilter
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.robot import RobotSpec
from canter.control.types import GAIT_LAYOUT, Array, RobotState

VELOCITY = np.array([GAIT_LAYOUT[name].start for name in VELOCITY_FIELDS])
CHANGED = 0.02
"""A command counts as changed where a velocity differs by more than this, m/s or rad/s."""
STALE_S = 0.5
"""Age of the newest scan at which the robot moves no more, s."""


@dataclass(slots=True)
class AvoidanceReport:
    """What avoidance did.

    Attributes:
        commands: that passed and moved the robot.
        changed: of these, those that it changed.
        blind: of these, those that it stopped for want of a fresh scan.
    """

    commands: int = 0
    changed: int = 0
    blind: int = 0


class Avoidance:
    """Filters the body commands of one robot, whoever gives them.

    Args:
        spec: the robot.
        period: time between two commands, s.
        settings: how near the robot may come.

    Attributes:
        report: what it did.
    """

    def __init__(
        self, spec: RobotSpec, period: float, settings: BarrierSettings | None = None
    ) -> None:
        footprint = Footprint.of(spec)
        self._base, self._period = BaseFilter(spec), period
        self._memory = ObstacleMemory(footprint)
        self._barrier = VelocityBarrier(footprint, settings)
        self._top, self._standing = footprint.top, spec.standing_height
        self._place: Place | None = None
        self._moving = np.zeros(3)
        self._height, self._seen = spec.standing_height, -np.inf
        self.report = AvoidanceReport()

    def restart(self) -> None:
        """Forget what was seen, as where the robot was put elsewhere."""
        self._base.reset()
        self._memory.clear()
        self._place, self._seen = None, -np.inf

    def put_state(self, state: RobotState) -> None:
        """Take in a measurement; call it once a period."""
        self._base.update(state, self._period)
        found = self._base.estimate()
        turn = matrix_of_quat(np.asarray(state.quat, float).reshape(4))
        yaw, position = float(yaw_of(turn)), found.position[0]
        self._height = found.height.item()
        self._place = Place(position, turn, yaw, position[2] - self._height)
        cos, sin = np.cos(yaw), np.sin(yaw)
        x, y, _ = found.velocity[0]
        rate = np.asarray(state.gyro).reshape(3)
        self._moving = np.array([cos * x + sin * y, cos * y - sin * x, turn[2] @ rate])

    def put_scan(self, scan: RangeScan) -> None:
        """Take in a scan of about now; nothing before the first measurement.

        Where time went back, as a simulator's does, what was seen before is forgotten.
        """
        if scan.time < self._seen:
            self._memory.clear()
        if self._place is not None:
            self._memory.put(scan, self._place)
            self._seen = scan.time

    def filter(self, command: Array, now: float) -> Array:
        """Return the command to execute, order of GAIT_RANGES, (12,).

        Args:
            command: what somebody asks for, likewise.
            now: on the scans' clock, s.
        """
        wanted = np.asarray(command, float)[VELOCITY]
        if not wanted.any():
            return command
        self.report.commands += 1
        found = self._bent(wanted, command, now)
        if np.abs(found - wanted).max() > CHANGED:
            self.report.changed += 1
        out = np.array(command)
        out[VELOCITY] = found
        return out

    def _bent(self, wanted: Array, command: Array, now: float) -> Array:
        if self._place is None or now - self._seen > STALE_S:
            self.report.blind += 1
            return np.zeros(3)
        lower = float(np.asarray(command)[GAIT_LAYOUT["body_height"]].item())
        height = max(self._height, self._standing + lower)
        points = self._memory.around(self._place, height + self._top)
        return self._barrier.filter(wanted, self._moving, points)
