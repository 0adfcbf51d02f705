"""An instruction on its way: pictures and states in, chunks of commands and progress out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import DONE, GaitChunk
from canter.control.types import (
    CHUNK_STEPS,
    GAIT_LAYOUT,
    GAIT_RANGES,
    Array,
    GaitCommand,
    RobotState,
)
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.targets import plain_sentence
from canter.datasets.language.understanding import understand
from canter.vla.runtime import VlaRuntime

JUST_BEFORE_S = 1e-3
LONGEST_INSTRUCTION = 500
"""Characters."""


class Progress(StrEnum):
    """How an instruction goes."""

    IDLE = "idle"
    FOLLOWING = "following"
    ARRIVED = "arrived"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FollowerOutput:
    """What the model made of one picture.

    Attributes:
        chunk: commands for the next second.
        seen: probability that the target is in view.
        bearing: its direction, left positive, rad; only where seen.
        distance: its distance, m; only where seen.
        done: probability that the robot has arrived.
    """

    chunk: GaitChunk
    seen: float
    bearing: float
    distance: float
    done: float


@dataclass(frozen=True, slots=True)
class StopCriterion:
    """When an instruction ends.

    Attributes:
        done_pictures: pictures in a row that must say "done".
        time_limit_s: by the clock of the pictures, s.
    """

    done_pictures: int = 8
    time_limit_s: float = 60.0


class InstructionFollower:
    """The model with one instruction at a time; use it from one thread.

    Attributes:
        progress: how the newest instruction goes.
        instruction: the newest one; empty before the first.
        reason: why it was refused; empty where it was not.
        elapsed_s: time since its first picture, s.
        begun: how many instructions were begun.
    """

    def __init__(
        self, runtime: VlaRuntime, criterion: Callable[[], StopCriterion] = StopCriterion
    ) -> None:
        self._runtime, self._criterion = runtime, criterion
        self.progress = Progress.IDLE
        self.instruction = self.reason = ""
        self.elapsed_s = 0.0
        self.begun = 0
        self._gyros: list[Array] = []
        self._state: RobotState | None = None
        self._start: float | None = None
        self._chunk: GaitChunk | None = None
        self._done_in_row = 0

    def follow(self, instruction: str) -> None:
        """Begin anew with an instruction; the one before is forgotten, and the robot stands.

        A word that stops (`safety_words`) ends in `Progress.STOPPED`; words that ask for what the
        robot cannot do in `Progress.REFUSED`.

        Raises:
            CanterError: it is refused, with the reason; or it is too long or holds no word, and
                what was followed before goes on.
        """
        text = " ".join(instruction.split())
        if is_stop(text):
            self._begin(text, Progress.STOPPED)
            return
        _check_form(text)
        self._begin(text, Progress.REFUSED)
        try:
            sentence = plain_sentence(text, self._runtime.tasks)
        except CanterError as refusal:
            self.reason = str(refusal)
            raise
        if not self._runtime.robots:
            self._runtime.reset(sentence)
        else:
            self._runtime.restart(0, sentence)
        self.progress = Progress.FOLLOWING

    def _begin(self, text: str, progress: Progress) -> None:
        self.instruction, self.progress, self.reason = text, progress, ""
        self.begun += 1
        self._start = self._chunk = None
        self._done_in_row, self.elapsed_s = 0, 0.0
        self._gyros = []

    def cancel(self) -> bool:
        """Forget the instruction; returns whether one was being followed."""
        following = self.progress is Progress.FOLLOWING
        if following:
            self.progress = Progress.CANCELLED
        return following

    def put_state(self, state: RobotState) -> None:
        """Take a measurement, fields (n,)."""
        self._state = state
        self._gyros.append(state.gyro)
        del self._gyros[:-50]

    def see(self, picture: NDArray[np.uint8], time: float) -> FollowerOutput | None:
        """Take a picture and return what follows from it; None where nothing is to be followed.

        Args:
            picture: uint8 RGB, of the model's camera.
            time: its stamp, s.

        Raises:
            CanterError: no measurement of the robot has come yet.
        """
        if self.progress is not Progress.FOLLOWING:
            return None
        if self._state is None:
            raise CanterError("a picture came before any robot_state; the model needs both")
        self._start = time if self._start is None else self._start
        self.elapsed_s = time - self._start
        if self.elapsed_s > self._criterion().time_limit_s:
            self.progress = Progress.TIMED_OUT
            return None
        return self._advance(picture, time, self._state)

    def _advance(
        self, picture: NDArray[np.uint8], time: float, state: RobotState
    ) -> FollowerOutput:
        gyro = np.mean(self._gyros or [state.gyro], axis=0)
        self._gyros = []
        output = self._runtime.step_body(
            picture, gyro[None], state.projected_gravity()[None], self._last_command(time)[None]
        )
        self._chunk = GaitChunk(time, output.chunk[0].astype(np.float64))
        first = dict(zip(GAIT_RANGES, output.chunk[0, 0].tolist(), strict=True))
        done = float(first["terminate"])
        self._done_in_row = self._done_in_row + 1 if done > DONE else 0
        if self._done_in_row >= self._criterion().done_pictures:
            self.progress = Progress.ARRIVED
        return FollowerOutput(
            chunk=self._chunk,
            seen=float(output.seen[0]),
            bearing=float(output.bearing[0]),
            distance=float(output.distance[0]),
            done=done,
        )

    def _last_command(self, time: float) -> NDArray[np.float32]:
        """Return the command in force just before a picture, order of GAIT_RANGES, (12,)."""
        if self._chunk is None:
            return GaitCommand().to_array()
        return self._chunk.at(time - JUST_BEFORE_S).to_array()


def standing_chunk(time: float) -> GaitChunk:
    """Return commands to stand, in place of whatever is being carried out."""
    return GaitChunk(time, np.tile(GaitCommand().to_array(), (CHUNK_STEPS, 1)))


def check_words(text: str) -> None:
    """Raise CanterError, with the reason, for words that neither stop nor say what can be done."""
    if is_stop(text):
        return
    _check_form(text)
    if understand(text).kind != "task":
        raise CanterError(f"'{text}' is understood, but the robot cannot do that here")


def _check_form(text: str) -> None:
    """Raise CanterError where a text is too long, or holds no word."""
    if len(text) > LONGEST_INSTRUCTION:
        raise CanterError(
            f"instruction of {len(text)} characters; {LONGEST_INSTRUCTION} are enough"
        )
    if not any(sign.isalnum() for sign in text):
        raise CanterError(f"the instruction '{text}' holds no word")


def speeds(chunk: GaitChunk) -> dict[str, float]:
    """Return the velocities of a chunk's first command by name."""
    first = chunk.commands[0]
    return {name: float(first[GAIT_LAYOUT[name]].item()) for name in ("vx", "vy", "wz")}
