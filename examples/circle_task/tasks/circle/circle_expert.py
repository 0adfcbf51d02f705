"""An expert for circle: walks up to the thing, then round it to the left, and stops."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.walking import DONE, GaitOverrides, rolled, turn_rate
from canter.sim.planar import Pose, wrap
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.circle.circle_scene import CircleGoal
from canter.sim.world_state import WorldState

RADIUS = 0.95
"""Distance from the thing's middle at which it walks, m."""
ROUND = math.radians(365.0)
"""It stops after so much of a circle, rad."""


class CircleExpert:
    """Drives one robot.

    Args:
        scene: of the task circle.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, CircleGoal)
        self._thing, self._pose = scene.goal.thing, scene.start
        self._gone, self._place = 0.0, self._direction(scene.start)

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is."""
        before, self._place = self._place, self._direction(world.pose)
        self._gone += wrap(self._place - before) if self._distance(world.pose) < 1.4 else 0.0
        self._pose = world.pose

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        return rolled(self._rule, self._pose)

    def _rule(self, pose: Pose, _: float) -> GaitOverrides:
        if self._gone >= ROUND:
            return DONE
        too_far = self._distance(pose) - RADIUS
        tangent = self._direction(pose) + math.pi / 2  # to the left, the thing at the left hand
        error = wrap(tangent + math.atan(2.0 * too_far) - pose[2])
        return GaitOverrides(vx=0.5 * max(0.0, math.cos(error)), wz=turn_rate(error))

    def _direction(self, pose: Pose) -> float:
        """Return where the robot is, seen from the thing, rad."""
        return math.atan2(pose[1] - self._thing.y, pose[0] - self._thing.x)

    def _distance(self, pose: Pose) -> float:
        return math.hypot(pose[0] - self._thing.x, pose[1] - self._thing.y)
