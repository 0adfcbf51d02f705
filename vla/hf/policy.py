"""A vision-language checkpoint as a command policy for N robots; numpy alone."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.vla.hearing import Hearing, spoken
from canter.vla.runtime import VlaOutput


class Answering(Protocol):
    """What answers a picture and a sentence with a command."""

    def command(self, image: NDArray[np.uint8], instruction: str) -> NDArray[np.float32]:
        """Return a command, order of GAIT_RANGES, (12,).

        Args:
            image: uint8 RGB, (height, width, 3).
            instruction: what the robot is told.
        """
        ...


class HfPolicy:
    """The checkpoint drives N robots by single pictures; it has no memory of those before.

    A command is held over the whole chunk. Robots are asked for one after the other: an answer
    does not depend on who is driven beside.

    Args:
        model: answers.
        hearing: other than "said" to see what it does without its words.

    Attributes:
        refused: why what a robot heard was refused, by robot: nothing is.
        heard: whose instruction each robot hears, NOBODY for none, (N,).
        output: nothing: it does not say what it sees.
    """

    output: VlaOutput | None = None

    def __init__(self, model: Answering, hearing: Hearing = "said") -> None:
        self.refused: dict[int, str] = {}
        self.heard: NDArray[np.intp] = np.zeros(0, np.intp)
        self._model, self._hearing = model, hearing
        self._said: list[str] = []

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each."""
        self.heard, self._said = spoken(instructions, self._hearing)

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk for each robot, order of GAIT_RANGES, (N, K, 12)."""
        commands = np.tile(GaitCommand().to_array(), (len(self._said), 1))
        for robot in map(int, np.flatnonzero(observation.active)):
            commands[robot] = self._model.command(observation.images[robot], self._said[robot])
        return np.repeat(commands[:, None], CHUNK_STEPS, axis=1)
