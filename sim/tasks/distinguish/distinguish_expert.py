"""An expert for distinguish: turns until it can read the named board, then walks up to its face."""

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.seeking import ARRIVED, Seeker, face, walk
from canter.sim.experts.walking import GaitOverrides
from canter.sim.planar import Pose
from canter.sim.scenes.scene import Scene, to_object_frame
from canter.sim.tasks.distinguish.distinguish_scene import STAND_OFF, board_of, way_before
from canter.sim.world_state import WorldState

NEAR_ENOUGH, ASIDE = (STAND_OFF - 0.2, STAND_OFF + 0.2), 0.33
"""Distances before the board, and aside of its middle, at which it turns to it, m: almost all of
those at which it may stop, so that who imitates it and stands there need not walk round."""


class DistinguishExpert:
    """Drives one robot.

    Args:
        scene: of the task distinguish.
    """

    def __init__(self, scene: Scene) -> None:
        self._board = scene.objects[board_of(scene)]
        self._way = way_before(scene)
        self._seeker = Seeker(scene, board_of(scene), self._finish)

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is and what its camera sees there."""
        self._seeker.observe(world)

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        return self._seeker.plan()

    def _finish(self, pose: Pose) -> GaitOverrides:
        """Walk to the place before the board and turn to it there."""
        ahead, aside = to_object_frame(self._board, pose[:2])
        placed = NEAR_ENOUGH[0] <= ahead <= NEAR_ENOUGH[1] and abs(aside) <= ASIDE
        if placed or self._way.remaining(pose[:2]) <= ARRIVED:
            return face(pose, (self._board.x, self._board.y))
        return walk(pose, self._way)
