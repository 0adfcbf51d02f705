"""An expert for crawl: lines up with the bar, lowers the body, passes, rises and stops."""

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
    walk_to,
)
from canter.sim.planar import Pose, wrap
from canter.sim.scenes.scene import Scene, to_world
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.crawl.crawl_scene import CrawlGoal, along_and_across
from canter.sim.world_state import WorldState

WALK_SPEED, CRAWL_SPEED = 0.65, 0.4
LOW_FROM, LOW_UNTIL = -0.85, 0.5
"""Part of the way on which the body is low, measured from the bar to the base origin, m: the head
reaches 0.33 m ahead, the hips 0.24 m back, and it takes half a second to lower the body."""
CRAWL_HEIGHT = -0.12
"""Body height offset under the bar, m."""
CRAWL_SWING = 0.05
"""Swing height under the bar, m: there is less room under the hips."""
LINED_UP = -0.8
"""Before this place, the robot walks to the line through the bar, m."""
LOOK_AHEAD = 0.55
"""Distance ahead on this line at which it aims, m."""
STOP_AT = 0.5
"""Distance from the thing's surface at which it stops, m."""
STOP_SLACK = 0.08
STOP_FACING = math.radians(14.0)
MIN_SPEED = 0.2


class CrawlExpert:
    """Drives one robot; a function of the pose alone.

    Args:
        scene: of the task crawl.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, CrawlGoal)
        self._scene, self._goal = scene, scene.goal
        self._bar = scene.objects[scene.goal.bar]
        self._pose: Pose = scene.start

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is."""
        self._pose = world.pose

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12), as GaitCommand arrays."""
        return rolled(self._rule, self._pose)

    def _rule(self, pose: Pose, _: float) -> GaitOverrides:
        along, across = along_and_across(self._scene, pose[:2])
        if along > LOW_UNTIL:
            return self._stop(pose)
        if along < LINED_UP - 0.1 and abs(across) > self._goal.half_opening - 0.2:
            return walk_to(pose, to_world(self._bar, (LINED_UP, 0.0)), WALK_SPEED, MIN_SPEED)
        low = along > LOW_FROM
        aim = to_world(self._bar, (along + LOOK_AHEAD, 0.0))
        error = bearing(pose, aim)
        share = max(0.0, 1.0 - abs(error) / (math.pi / 3))
        return GaitOverrides(
            vx=(CRAWL_SPEED if low else WALK_SPEED) * share,
            wz=turn_rate(error),
            body_height=CRAWL_HEIGHT if low else 0.0,
            swing_height=CRAWL_SWING if low else GaitOverrides().swing_height,
        )

    def _stop(self, pose: Pose) -> GaitOverrides:
        """Walk up to the thing and stand before it."""
        x, y, yaw = pose
        thing = self._goal.thing
        dx, dy = thing.x - x, thing.y - y
        left = nearest_surface_distance(thing, x, y) - STOP_AT
        error = wrap(math.atan2(dy, dx) - yaw)
        if left <= STOP_SLACK:
            return DONE if abs(error) <= STOP_FACING else GaitOverrides(wz=turn_in_place(error))
        share = left / math.hypot(dx, dy)
        return walk_to(pose, (x + share * dx, y + share * dy), WALK_SPEED, MIN_SPEED)
