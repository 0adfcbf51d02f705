"""An expert for go_through: finds the named gate, lines up before it, passes and stops."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.seeking import MIN_SPEED, Seeker, steer, walk
from canter.sim.experts.walking import DONE, GaitOverrides
from canter.sim.planar import Pose
from canter.sim.scenes.scene import Scene, to_object_frame, to_world
from canter.sim.tasks.go_through.go_through_scene import BEFORE, BEHIND, goal_of, way_before
from canter.sim.world_state import WorldState

LOOK_AHEAD = 0.55
"""Distance ahead on the gate's axis at which it aims, m."""
FUNNEL = 0.35
"""It keeps to the axis once it is nearer to it than this share of its distance to the gate."""
STOP_SLACK = 0.15


class GoThroughExpert:
    """Drives one robot.

    Args:
        scene: of the task go_through.
    """

    def __init__(self, scene: Scene) -> None:
        self._goal = goal_of(scene)
        self._gate = scene.objects[self._goal.gate]
        self._way = way_before(scene)
        self._seeker = Seeker(scene, self._goal.gate, self._finish)

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is and what its camera sees there."""
        self._seeker.observe(world)

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        return self._seeker.plan()

    def _finish(self, pose: Pose) -> GaitOverrides:
        """Walk to the gate's axis, then along it to the place behind the gate."""
        along, across = to_object_frame(self._gate, pose[:2])
        before = -self._goal.half_length - along
        if before > 0.25 and abs(across) > FUNNEL * max(before - 0.25, 0.0) + 0.06:
            if before < BEFORE + 0.25 and math.isfinite(self._way.remaining(pose[:2])):
                return walk(pose, self._way)
            if before >= BEFORE + 0.25:
                return walk(pose, self._way)
        left = self._goal.half_length + BEHIND - along
        if left <= STOP_SLACK:
            return DONE
        aim = to_world(self._gate, (along + LOOK_AHEAD, 0.0))
        return steer(pose, aim, max(left, MIN_SPEED))
