"""An expert for sequence: the expert of go_to, first for one thing, then for the other."""

import numpy as np
from numpy.typing import NDArray

from canter.control.types import GAIT_LAYOUT
from canter.sim.drive import DONE
from canter.sim.experts.go_to import GoToExpert, Memory
from canter.sim.families.lasting import Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene
from canter.sim.families.sequence_scene import goal_of

PAUSE = 0.5
"""It pauses so long before the first thing, s."""
SLOW = 0.12
"""Slower than this it counts as pausing, m/s."""


class SequenceExpert:
    """Drives one robot; what it saw of the second thing on the way to the first it remembers.

    Args:
        scene: of the family sequence.
    """

    def __init__(self, scene: FamilyScene) -> None:
        goal = goal_of(scene)
        self._first, self._second = GoToExpert(goal.first), GoToExpert(goal.second)
        self._pause = Lasting(PAUSE)
        self._visited = False

    def observe(self, moment: Moment) -> None:
        """Take in where the robot is and what its camera sees there."""
        self._second.observe(moment.position_w, moment.quat)
        if self._visited:
            return
        self._second.memory = Memory(seen=self._second.memory.seen)
        self._first.observe(moment.position_w, moment.quat)
        done = self._first.plan()[0, GAIT_LAYOUT["terminate"]].item() > DONE
        self._visited = self._pause.update(moment.time, done and moment.speed <= SLOW)

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        if self._visited:
            return self._second.plan()
        chunk = self._first.plan()
        chunk[:, GAIT_LAYOUT["terminate"]] = 0.0
        return chunk
