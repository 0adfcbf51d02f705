"""An expert for follow: keeps the ball ahead at one metre by what it sees of it."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.walking import (
    DONE,
    GaitOverrides,
    bearing,
    rolled,
    turn_in_place,
    turn_rate,
)
from canter.sim.planar import Pose
from canter.sim.scenes.scene import Scene
from canter.sim.world_state import WorldState

KEEP = 1.0
"""Distance from the base origin to the ball's centre that it holds, m."""
SPEED_GAIN = 1.2
"""Speed per distance beyond KEEP, 1/s."""
MAX_SPEED, MAX_BACK = 0.8, -0.35
AT_REST = 0.05
"""A ball slower than this rests, m/s."""
SLACK = (-0.4, 0.25)
"""Error of the distance with which it stands behind a resting ball, m: backing off is worse."""
STOP_FACING = math.radians(12.0)
BLEND = 0.5
"""Share of the newest reading in the ball's smoothed velocity."""
WAITS = 1.2
"""A ball that has rested for this long has stopped for good, s."""

Vector = NDArray[np.float64]


class FollowExpert:
    """Drives one robot.

    Args:
        scene: of the task follow.
    """

    def __init__(self, scene: Scene) -> None:
        self._pose: Pose = scene.start
        self._ball: Vector | None = None
        self._velocity: Vector = np.zeros(2)
        self._time = self._moved_at = 0.0

    def observe(self, world: WorldState) -> None:
        """Take in where robot and ball are."""
        self._pose = world.pose
        if world.ball_w is None:
            return
        place = world.ball_w[:2].copy()
        passed = world.time - self._time
        if self._ball is not None and passed > 0.0:
            newest = (place - self._ball) / passed
            self._velocity = BLEND * newest + (1.0 - BLEND) * self._velocity
        self._ball, self._time = place, world.time
        if self._ball_speed > AT_REST:
            self._moved_at = world.time

    @property
    def _ball_speed(self) -> float:
        """Return the ball's smoothed speed, m/s."""
        return float(np.hypot(*self._velocity))

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12), as GaitCommand arrays.

        The ball is taken to roll straight on for this time.
        """
        return rolled(self._rule, self._pose)

    def _rule(self, pose: Pose, ahead: float) -> GaitOverrides:
        if self._ball is None:
            return GaitOverrides()
        x, y = (float(v) for v in self._ball + ahead * self._velocity)
        gap = math.dist(pose[:2], (x, y)) - KEEP
        error = bearing(pose, (x, y))
        if self._ball_speed <= AT_REST and SLACK[0] <= gap <= SLACK[1]:
            if abs(error) > STOP_FACING:
                return GaitOverrides(wz=turn_in_place(error))
            return DONE if self._time - self._moved_at >= WAITS else GaitOverrides()
        along = self._velocity @ np.array([x - pose[0], y - pose[1]]) / (gap + KEEP)
        speed = min(max(SPEED_GAIN * gap + float(along), MAX_BACK), MAX_SPEED)
        return GaitOverrides(vx=speed * max(0.0, math.cos(error)), wz=turn_rate(error))
