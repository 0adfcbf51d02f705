"""Who may drive in an evaluation: the model on its pictures, or the expert on the ground truth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.sim.arena import Arena
from canter.sim.rollout import Frame
from canter.sim.tasks.go_to.go_to_expert import GoToExpert
from canter.vla.runtime import VlaRuntime


class VlaCommander:
    """The model drives N robots, its state carried from picture to picture.

    Args:
        runtime: the opened model.
        instructions: one for each robot.
    """

    def __init__(self, runtime: VlaRuntime, instructions: Sequence[str]) -> None:
        self._runtime = runtime
        runtime.reset(instructions)

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Return a chunk for each robot, (N, K, 12)."""
        return self._runtime.step_body(
            frame.images, frame.gyro_mean, frame.gravity, frame.last_command
        ).chunk


class ExpertCommander:
    """The expert drives each robot that is still active; the others stand.

    Args:
        arena: the robots, whose ground truth it reads.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._experts = [GoToExpert(scene) for scene in arena.scenes]
        self._standing = np.tile(GaitCommand().to_array(), (arena.n, CHUNK_STEPS, 1))

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Return a chunk for each robot, (N, K, 12)."""
        truth = self._arena.truth()
        chunks = self._standing.copy()
        for i in np.flatnonzero(self._arena.active):
            self._experts[i].observe(truth.base_pos_w[i], truth.base_quat[i])
            chunks[i] = self._experts[i].plan()
        return chunks
