"""An expert for go_avoid: turns until it sees the target, then walks the shortest free way."""

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.seeking import ARRIVED, Seeker, face, walk
from canter.sim.experts.walking import GaitOverrides
from canter.sim.planar import Pose
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.go_avoid.go_avoid_scene import goal_of, way_to_target
from canter.sim.world_state import WorldState

STAND_ZONE = (0.38, 0.6)
"""Distances from the target's surface at which it stays, m."""


class GoAvoidExpert:
    """Drives one robot.

    Args:
        scene: of the task go_avoid.
    """

    def __init__(self, scene: Scene) -> None:
        self._thing = goal_of(scene).thing
        self._way = way_to_target(scene)
        self._seeker = Seeker(scene, 0, self._finish)

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is and what its camera sees there."""
        self._seeker.observe(world)

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        return self._seeker.plan()

    def _finish(self, pose: Pose) -> GaitOverrides:
        """Walk to a place before the target and turn to it there."""
        low, high = STAND_ZONE
        x, y, _ = pose
        left = self._way.remaining((x, y))
        placed = low <= nearest_surface_distance(self._thing, x, y) <= high and left <= 2 * ARRIVED
        if placed or left <= ARRIVED:
            return face(pose, (self._thing.x, self._thing.y))
        return walk(pose, self._way)
