"""Chunks that another process plans, as a command policy: a simulator's expert over a topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import CanterError, InstructionError
from canter.control.gait.gait_chunk import CHUNK_VALID_S, GaitChunk
from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, GaitCommand
from canter.datasets.language.understanding import TaskInstruction
from canter.vla.runtime import VlaOutput

EXPERT: Final = "expert"
"""Stands, in place of a model's file, for the expert of the simulator."""


@dataclass(frozen=True, slots=True)
class AskedOf:
    """What a scene asks of its robot.

    Attributes:
        task: its name.
        words: what the instruction needs, by name.
        sentence: a way to say it; empty where the scene asks for nothing, as one from a file.
    """

    task: str
    words: Mapping[str, str]
    sentence: str

    def fits(self, asked: TaskInstruction) -> bool:
        """Tell whether an instruction asks for this; words that it leaves out may be any."""
        same = all(self.words.get(name) == word for name, word in asked.words.items() if word)
        return asked.task == self.task and same


class PlannedPolicy:
    """Drives one robot by the newest chunk that was planned elsewhere; use it from one thread."""

    output: VlaOutput | None = None

    def __init__(self) -> None:
        self._scene: AskedOf | None = None
        self._chunk: GaitChunk | None = None
        self._since: float | None = None

    def put_scene(self, scene: AskedOf) -> None:
        """Take what is planned for."""
        self._scene = scene

    def put_chunk(self, chunk: GaitChunk) -> None:
        """Take a plan."""
        self._chunk = chunk

    def check(self, asked: TaskInstruction) -> None:
        """Make sure that what is asked for is what is planned for.

        Raises:
            InstructionError: it is not, or nobody has said yet what is.
        """
        if self._scene is None:
            raise InstructionError(
                "no simulator has said what its scene asks for; set sim_node's 'expert' to true"
            )
        if not self._scene.sentence:
            raise InstructionError("the scene asks for nothing, so no expert can do it; draw one")
        if not self._scene.fits(asked):
            raise InstructionError(
                f"the expert does what its scene asks for, '{self._scene.sentence}', and nothing "
                "else; say that, or start with --policy vla"
            )

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin with one instruction: plans that came before count no more."""
        del instructions
        self._chunk = self._since = None

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return the newest plan from the picture's moment on, (1, K, 12); standing before one.

        Raises:
            CanterError: no plan came for CHUNK_VALID_S.
        """
        now = observation.state.time
        self._since = now if self._since is None else self._since
        newest = self._since if self._chunk is None else self._chunk.time
        if now - newest > CHUNK_VALID_S:
            raise CanterError(
                f"no plan of the expert came for {now - newest:.1f} s; is sim_node's 'expert' true?"
            )
        if self._chunk is None:
            return np.tile(GaitCommand().to_array(), (1, CHUNK_STEPS, 1))
        times = now + CHUNK_SPACING_S * np.arange(CHUNK_STEPS)
        commands = [self._chunk.at(min(time, self._last)).to_array() for time in times.tolist()]
        return np.stack(commands)[None]

    @property
    def _last(self) -> float:
        """Time of the newest plan's last command, s: it goes on from there."""
        assert self._chunk is not None, "asked for only where there is a plan"
        return self._chunk.time + self._chunk.spacing_s * (len(self._chunk.commands) - 1)
