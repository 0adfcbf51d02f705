"""Walks to a place on the floor: velocity goals in the base frame, bounded, without a task."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.vla.brain.dead_reckoning import START, Place, Pose, advanced, from_here, from_start

SPEED, TURN = 0.4, 0.7
"""Greatest forward velocity, m/s, and turn rate, rad/s."""
GAIN, TURN_GAIN = 0.8, 1.5
"""Speed per remaining way and turn rate per bearing, 1/s."""
ASIDE: Final = math.radians(50.0)
"""Bearing from which on it turns in place, rad."""
ARRIVED: Final = 0.2
"""Remaining way at which it stands, m."""
FRESH_S: Final = 15.0
"""How long a place counts that no newer choice confirms, s."""


class WayWalk:
    """Drives one robot to the newest place that was chosen; stands without one.

    Args:
        period: time between two pictures, s.

    Attributes:
        pose: of the robot since the beginning, by dead reckoning.
    """

    def __init__(self, period: float) -> None:
        self.pose: Pose = START
        self._period = period
        self._goal: Place | None = None
        self._age_s = 0.0

    def aim(self, place: Place, seen_from: Pose) -> None:
        """Take a place in the base frame of the pose that its picture was taken from."""
        self._goal, self._age_s = from_start(seen_from, place), 0.0

    def stand(self) -> None:
        """Forget the place."""
        self._goal = None

    @property
    def left(self) -> Place | None:
        """The place in the base frame of now, m; None where there is none."""
        return None if self._goal is None else from_here(self.pose, self._goal)

    @property
    def moves(self) -> bool:
        """Whether it is on its way."""
        return self.left is not None and towards(self.left) != (0.0, 0.0)

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Take in a picture period, and return the commands for the next second, (1, K, 12)."""
        (command,), (gyro,) = observation.last_command, observation.gyro_mean
        vx, vy = (float(command[GAIT_LAYOUT[name]].item()) for name in ("vx", "vy"))
        self.pose = advanced(self.pose, (vx, vy), float(gyro[2]), self._period)
        self._age_s += self._period
        if self._age_s > FRESH_S:
            self._goal = None
        return self._planned()[None]

    def _planned(self) -> NDArray[np.float32]:
        """Return the rule rolled forward by dead reckoning, (K, 12)."""
        pose, rows = self.pose, []
        for _ in range(CHUNK_STEPS):
            vx, wz = (0.0, 0.0) if self._goal is None else towards(from_here(pose, self._goal))
            rows.append(GaitCommand(vx=vx, wz=wz).to_array())
            pose = advanced(pose, (vx, 0.0), wz, CHUNK_SPACING_S)
        return np.stack(rows)


def towards(place: Place) -> tuple[float, float]:
    """Return forward velocity, m/s, and turn rate, rad/s, towards a place in the base frame, m."""
    left = math.hypot(*place)
    if left <= ARRIVED:
        return 0.0, 0.0
    bearing = math.atan2(place[1], place[0])
    speed = min(GAIN * left, SPEED) * max(0.0, 1.0 - abs(bearing) / ASIDE)
    return speed, min(max(TURN_GAIN * bearing, -TURN), TURN)
