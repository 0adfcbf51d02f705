"""An expert for sequence: the expert of go_to, first for one thing, then for the other."""

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.gait_chunk import DONE
from canter.control.types import GAIT_LAYOUT
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.dwell_timer import DwellTimer
from canter.sim.tasks.go_to.go_to_expert import GoToExpert, Memory
from canter.sim.tasks.sequence.sequence_scene import goal_of
from canter.sim.tasks.stopping import stands_before
from canter.sim.world_state import WorldState

PAUSE = 0.5
"""It pauses so long before the first thing, s."""
SLOW = 0.15
"""Slower than this it counts as pausing, m/s."""
TURN = 0.4
"""Turn rate while it pauses, rad/s: it still faces the first thing at the end."""


class SequenceExpert:
    """Drives one robot; it looks for the second thing only once it was at the first.

    What it saw of the second on the way would make it turn now left, now right for no reason that
    its picture shows, and who imitates it would stand between the two. Before the first thing it
    pauses by beginning to turn: who imitates one that stands for half a second, and hardly knows
    for how long it has stood, stands for good.

    Args:
        scene: of the task sequence.
    """

    def __init__(self, scene: Scene) -> None:
        goal = goal_of(scene)
        self._first, self._second = (GoToExpert(scene, part) for part in (goal.first, goal.second))
        (first,) = goal.first.matching
        self._thing = goal.first.things[first]
        self._pause = DwellTimer(PAUSE)
        self._arrived = self._visited = False

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is and what its camera sees there."""
        self._second.observe(world)
        if self._visited:
            return
        self._second.memory = Memory()
        self._first.observe(world)
        done = self._first.plan()[0, GAIT_LAYOUT["terminate"]].item() > DONE
        self._arrived = stands_before(self._thing, world.pose) and (self._arrived or done)
        self._visited = self._pause.update(world.time, self._arrived and world.speed <= SLOW)

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        if self._visited:
            return self._second.plan()
        chunk = self._first.plan()
        there = self._arrived | (chunk[:, GAIT_LAYOUT["terminate"]].ravel() > DONE)
        chunk[there, GAIT_LAYOUT["vx"]] = 0.0
        chunk[there, GAIT_LAYOUT["wz"]] = TURN
        chunk[:, GAIT_LAYOUT["terminate"]] = 0.0
        return chunk
