"""The model as a command policy: its state carried from picture to picture, for N robots."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.vla.runtime import VlaOutput, VlaRuntime


class VlaPolicy:
    """The model drives N robots.

    Args:
        runtime: the opened model.

    Attributes:
        output: what it said to the newest picture; None before the first.
    """

    def __init__(self, runtime: VlaRuntime) -> None:
        self.output: VlaOutput | None = None
        self._runtime = runtime

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each."""
        self._runtime.reset(instructions)
        self.output = None

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk for each robot, order of GAIT_RANGES, (N, K, 12)."""
        self.output = self._runtime.step_body(
            observation.images,
            observation.gyro_mean,
            observation.gravity,
            observation.last_command,
        )
        return self.output.chunk
