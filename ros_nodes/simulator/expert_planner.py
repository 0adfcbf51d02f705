"""The task's expert, asked at each picture of the simulated robot. No ROS here."""

from dataclasses import replace

import numpy as np

from canter.control.gait.gait_chunk import GaitChunk
from canter.control.types import GaitCommand
from canter.ros_nodes.simulator.sim_world import Photo
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Expert


class ExpertPlanner:
    """Plans from the ground truth; each instruction, and each scene, has an expert of its own.

    Use it from one thread.
    """

    def __init__(self) -> None:
        self._of: Photo | None = None
        self._expert: Expert | None = None
        self._chunk: GaitChunk | None = None

    def plan(self, stamp: float, photo: Photo) -> GaitChunk:
        """Return the commands for the next second, from a moment with a time stamp, s.

        The command in force is taken to be the one planned before.
        """
        if self._expert is None or not photo.continues(self._of):
            self._expert, self._chunk = task(photo.scene.task).expert(photo.scene), None
        self._of = photo
        command = GaitCommand() if self._chunk is None else self._chunk.before(stamp)
        self._expert.observe(replace(photo.world, command=command.to_array()))
        self._chunk = GaitChunk(stamp, self._expert.plan().astype(np.float64))
        return self._chunk
