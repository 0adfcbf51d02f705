"""An expert that turns in place until its camera has seen the target, then follows a rule."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.path_planning import Way
from canter.sim.experts.walking import (
    DONE,
    TURN_IN_PLACE,
    GaitOverrides,
    bearing,
    rolled,
    turn_in_place,
    turn_rate,
)
from canter.sim.planar import Point, Pose, wrap
from canter.sim.scenes.object_visibility import ObjectVisibility
from canter.sim.scenes.scene import Scene
from canter.sim.world_state import WorldState

SEARCH_TURN = 1.0
"""Turn rate of the search, to the left, rad/s."""
FULL_TURN = 1.1 * math.tau
"""After a turn in vain it goes where the target is all the same, rad."""
MAX_SPEED, MIN_SPEED = 0.75, 0.15
SPEED_GAIN = 1.2
"""Speed per remaining way, 1/s."""
ARRIVED = 0.09
"""Distance from the end of a way at which the walk ends, m."""
FACING = math.radians(12.0)
"""Heading error at which it stands, rad."""

Finish = Callable[[Pose], GaitOverrides]
"""What to do at a pose once the target has been seen."""


class Seeker:
    """Drives one robot: searches for a item, then does what the rule says.

    Args:
        scene: the ground truth.
        target: index of the item that must be seen first.
        finish: the rule.
    """

    def __init__(self, scene: Scene, target: int, finish: Finish) -> None:
        self._sight, self._target, self._finish = ObjectVisibility(scene), target, finish
        self._pose: Pose = scene.start
        self._turned = 0.0
        self._seen = False

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is and what its camera sees there."""
        self._turned += wrap(world.pose[2] - self._pose[2])
        self._pose = world.pose
        if not self._seen:
            found = self._target in self._sight.visible(world)
            self._seen = found or self._turned > FULL_TURN

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        return rolled(self._rule, self._pose)

    def _rule(self, pose: Pose, _: float) -> GaitOverrides:
        return self._finish(pose) if self._seen else GaitOverrides(wz=SEARCH_TURN)


def walk(pose: Pose, way: Way) -> GaitOverrides:
    """Walk along a way, slower near its end and while the robot has to turn."""
    return steer(pose, way.aim(pose[:2]), way.remaining(pose[:2]))


def steer(pose: Pose, aim: Point, remaining: float) -> GaitOverrides:
    """Walk towards a place, m, at the speed that suits the remaining way, m."""
    error = bearing(pose, aim)
    speed = min(max(SPEED_GAIN * remaining, MIN_SPEED), MAX_SPEED)
    return GaitOverrides(vx=speed * max(0.0, 1.0 - abs(error) / TURN_IN_PLACE), wz=turn_rate(error))


def face(pose: Pose, place: Point) -> GaitOverrides:
    """Turn in place to a place, m, and stand there for good."""
    error = bearing(pose, place)
    return DONE if abs(error) <= FACING else GaitOverrides(wz=turn_in_place(error))
