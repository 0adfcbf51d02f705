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
from canter.vla.stages import Plan, Stages, plan_of


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
        self._stages = Stages([])

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each."""
        nothing: Plan = np.zeros((1, self._runtime.code.layout.size), np.float32)
        plans, refused = [nothing] * len(instructions), dict[int, str]()
        for robot, text in enumerate(instructions):
            try:
                plans[robot] = plan_of(self._read(text), self._runtime.code)
            except InstructionError as error:
                refused[robot] = str(error)
        self.output, self.heard = None, speakers(_padded(plans), self._hearing)
        self.refused = {i: refused[said] for i, said in enumerate(self.heard) if said in refused}
        self._stages = Stages([nothing if i == NOBODY else plans[i] for i in self.heard])
        self._runtime.reset_to(self._stages.told)

    def check(self, asked: TaskInstruction) -> None:
        """Make sure that the model knows what is asked for.

        Raises:
            InstructionError: it has not learnt it; the message says what it has.
        """
        plan_of(asked, self._runtime.code)

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk for each robot, order of GAIT_RANGES, (N, K, 12)."""
        output = self._runtime.step_body(
            observation.images,
            observation.gyro_mean,
            observation.gravity,
            observation.last_command,
        )
        self.output = _of_stages(output, self._stages.at)
        output.chunk[list(self.refused)] = GaitCommand().to_array()
        passed = self._stages.passed(output.chunk)
        if passed.any():
            self._runtime.restart(passed, self._stages.told)
        return output.chunk


def _padded(plans: Sequence[Plan]) -> NDArray[np.float32]:
    """Return plans as rows of one width, (N, width), zeros behind the shorter ones."""
    longest = max((len(plan) for plan in plans), default=1)
    return np.stack([np.pad(plan, ((0, longest - len(plan)), (0, 0))).ravel() for plan in plans])


def _of_stages(output: VlaOutput, at: NDArray[np.intp]) -> VlaOutput:
    """Return what was said of the things of a stage at their places among those of the whole."""
    places = (np.arange(output.seen.shape[1]) - at[:, None]) % output.seen.shape[1]
    seen, bearing, distance = (
        np.take_along_axis(term, places, 1)
        for term in (output.seen, output.bearing, output.distance)
    )
    return VlaOutput(output.chunk, seen, bearing, distance)
