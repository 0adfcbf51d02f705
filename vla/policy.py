"""The model as a command policy: its state carried from picture to picture, for N robots."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import InstructionError
from canter.control.types import GaitCommand
from canter.datasets.language.understanding import TaskInstruction, understand
from canter.vla.hearing import NOBODY, Hearing, speakers
from canter.vla.runtime import VlaOutput, VlaRuntime


class VlaPolicy:
    """The model drives N robots; one whose instruction it refuses stands.

    Args:
        runtime: the opened model.
        hearing: other than "said" to see what the model does without its words.
        read: what understands a sentence.

    Attributes:
        output: what it said to the newest picture; None before the first.
        refused: why what a robot heard was refused, by robot.
        heard: whose instruction each robot hears, NOBODY for none, (N,).
    """

    def __init__(
        self,
        runtime: VlaRuntime,
        hearing: Hearing = "said",
        read: Callable[[str], TaskInstruction] = understand,
    ) -> None:
        self.output: VlaOutput | None = None
        self.refused: dict[int, str] = {}
        self.heard: NDArray[np.intp] = np.zeros(0, np.intp)
        self._runtime, self._hearing, self._read = runtime, hearing, read

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each."""
        told = np.zeros((len(instructions), self._runtime.code.layout.size), np.float32)
        refused: dict[int, str] = {}
        for robot, text in enumerate(instructions):
            try:
                told[robot] = self._runtime.code.encode(self._read(text))
            except InstructionError as error:
                refused[robot] = str(error)
        self.output, self.heard = None, speakers(told, self._hearing)
        self.refused = {i: refused[said] for i, said in enumerate(self.heard) if said in refused}
        self._runtime.reset_to(np.where(self.heard[:, None] == NOBODY, 0.0, told[self.heard]))

    def check(self, asked: TaskInstruction) -> None:
        """Make sure that the model knows what is asked for.

        Raises:
            InstructionError: it has not learnt it; the message says what it has.
        """
        self._runtime.code.encode(asked)

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk for each robot, order of GAIT_RANGES, (N, K, 12)."""
        self.output = self._runtime.step_body(
            observation.images,
            observation.gyro_mean,
            observation.gravity,
            observation.last_command,
        )
        chunk = self.output.chunk
        chunk[list(self.refused)] = GaitCommand().to_array()
        return chunk
