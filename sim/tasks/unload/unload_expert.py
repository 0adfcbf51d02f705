"""An expert for unload that can be imitated: it seeks the bin, walks up, lines up and tips."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.steering import Disc
from canter.sim.experts.velocity_bias import Trim
from canter.sim.experts.walking import (
    DONE,
    GaitOverrides,
    bearing,
    push,
    rolled,
    turn_in_place,
    walk_to,
)
from canter.sim.planar import Pose, wrap
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.unload.unload_scene import UnloadGoal, holds
from canter.sim.world_state import WorldState

WALK_SPEED, MIN_SPEED = 0.65, 0.2
SEARCH_TURN = 1.0
"""Turn rate while the bin has not been in view, rad/s."""
IN_VIEW = math.radians(35.0)
"""A bin whose middle lies within this of the heading has been seen, rad."""
TIP_AT = 0.63
"""Distance from the bin's middle at which the robot tips, m: where the ball lands."""
TIP_ZONE = (0.58, 0.68)
"""Distances at which it goes on to tip, m."""
NEAR = 0.75
"""Distance from which on it lines up in small steps, m."""
LINED_UP = math.radians(4.0)
"""Heading error at which it stops turning, rad."""
CALM_TIME = 0.5
"""It stands this long before it tips, s."""
TIP_PITCH = 0.33
"""Body pitch that tips the ball out, rad."""
OTHER_RADIUS = 0.65
"""Distance that it keeps from the middles of other bins, m."""


class UnloadExpert:
    """Drives one robot.

    Args:
        scene: of the task unload; the named bin counts only once it has been in view.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, UnloadGoal)
        named = scene.objects[scene.goal.bin]
        self._bin, self._place = named, (named.x, named.y)
        self._discs = [Disc(p.x, p.y, OTHER_RADIUS) for p in scene.objects if p is not named]
        self._pose: Pose = scene.start
        self._seen = self._delivered = False
        self._calm_since = math.inf
        self._time = 0.0
        self._trim = Trim()

    def observe(self, world: WorldState) -> None:
        """Take in where robot and ball are."""
        self._pose, self._time = world.pose, world.time
        self._seen |= abs(bearing(world.pose, self._place)) <= IN_VIEW
        ball = world.ball_w
        self._delivered = ball is not None and holds(self._bin, ball)
        if self._time - self._calm_since < CALM_TIME:  # true as well while it is infinite
            lined_up = self._lined_up(world.pose)
            self._calm_since = min(self._calm_since, self._time) if lined_up else math.inf
        self._trim.observe(world)
        self._trim.wanted(self._rule(self._pose, 0.0))

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12), as GaitCommand arrays."""
        return rolled(self._rule, self._pose, self._trim.applied)

    def _lined_up(self, pose: Pose) -> bool:
        """Tell whether a ball that is tipped from this pose falls into the bin."""
        distance = math.dist(pose[:2], self._place)
        facing = abs(bearing(pose, self._place)) <= LINED_UP
        return facing and TIP_ZONE[0] <= distance <= TIP_ZONE[1]

    def _rule(self, pose: Pose, ahead: float) -> GaitOverrides:
        if self._delivered:
            return DONE
        if math.isfinite(self._calm_since):
            tips = self._time + ahead - self._calm_since >= CALM_TIME
            return GaitOverrides(body_pitch=TIP_PITCH if tips else 0.0)
        if not self._seen and abs(bearing(pose, self._place)) > IN_VIEW:
            return GaitOverrides(wz=SEARCH_TURN)
        return self._approach(pose)

    def _approach(self, pose: Pose) -> GaitOverrides:
        """Walk up to the place to tip from, and line up there."""
        x, y, yaw = pose
        dx, dy = self._place[0] - x, self._place[1] - y
        distance = math.hypot(dx, dy)
        error = wrap(math.atan2(dy, dx) - yaw)
        if distance > NEAR:
            share = (distance - TIP_AT) / distance
            place = x + share * dx, y + share * dy
            return walk_to(pose, place, WALK_SPEED, MIN_SPEED, self._discs)
        turn = turn_in_place(error) if abs(error) > LINED_UP else 0.0
        return GaitOverrides(vx=push(distance - TIP_AT) * math.cos(error), wz=turn)
