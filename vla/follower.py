"""An instruction on its way: pictures and states in, chunks of commands and progress out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CommandPolicy, Observation
from canter.control.errors import CanterError, InstructionError
from canter.control.gait.arguments import with_batch
from canter.control.gait.gait_chunk import DONE, GaitChunk
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.types import (
    CHUNK_STEPS,
    GAIT_LAYOUT,
    GAIT_RANGES,
    Array,
    GaitCommand,
    RobotState,
)
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.tasks import grammar
from canter.datasets.language.understanding import TaskInstruction, understand
from canter.vla.camera_watch import CameraWatch
from canter.vla.runtime import VlaOutput

LONGEST_SHOWN = 500
"""Characters of an instruction that are kept to be shown."""
MOVES: Final = 0.02
"""Greatest velocity of a command that lets the robot stand, m/s and rad/s."""
SEEN_ENOUGH: Final = 0.5
"""Probability from which a thing counts as seen."""
STANDS: Final = "I stand"
CANNOT: Final = {
    "sit": "I cannot sit or lie down: no task carries it out",
    "come_back": "I cannot come back: I keep no map of where I was",
}
"""What is understood and not done, and why."""
Check = Callable[[TaskInstruction], object]
"""Raises InstructionError where what is asked for cannot be done."""


class FollowedPolicy(CommandPolicy, Protocol):
    """A command policy that says what it can do: the model, or an expert."""

    @property
    def output(self) -> VlaOutput | None:
        """What it said of the newest picture; None where it looks at none."""

    def check(self, asked: TaskInstruction) -> None:
        """Make sure that it can do what is asked for; raises InstructionError where it cannot."""


class Progress(StrEnum):
    """How an instruction goes."""

    IDLE = "idle"
    FOLLOWING = "following"
    ARRIVED = "arrived"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    REFUSED = "refused"
    CAMERA_FROZEN = "camera frozen"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sentence asks of a robot and its model.

    Attributes:
        text: the sentence, its white space single.
        says: what the robot answers, such as "I go to the red ball".
        names: of the things that it names, such as ``red ball``.
        asked: the task and its words; None where the robot stands.
    """

    text: str
    says: str
    names: tuple[str, ...] = ()
    asked: TaskInstruction | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the model takes a name to mean.

    Attributes:
        name: such as ``red ball``.
        seen: probability that it is in view.
        bearing: its direction, left positive, rad; only where seen.
        distance: its distance, m; only where seen.
    """

    name: str
    seen: float
    bearing: float
    distance: float

    @property
    def in_view(self) -> bool:
        """Whether it is more likely in view than not."""
        return self.seen >= SEEN_ENOUGH


@dataclass(frozen=True, slots=True)
class FollowerOutput:
    """What the model made of one picture.

    Attributes:
        chunk: commands for the next second.
        sightings: of the things that the instruction names, in their order.
        done: probability that the robot has arrived.
    """

    chunk: GaitChunk
    sightings: tuple[Sighting, ...]
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


def hear(text: str, check: Check) -> Heard:
    """Return what a sentence asks, from any thread and for any door.

    Args:
        text: anything that a person may say or type.
        check: whether who drives can do it.

    Raises:
        InstructionError: the robot cannot do it, who drives has not learnt it, or it is not clear
            what is meant; the message says why.
    """
    plain = " ".join(text.split())
    if is_stop(plain):
        return Heard(plain, STANDS)
    if not plain:
        raise InstructionError("nothing was said; say what to do, such as 'go to the red ball'")
    asked = understand(plain)
    if asked.kind in ("stop", "stand"):
        return Heard(plain, STANDS)
    if asked.kind in CANNOT:
        raise InstructionError(f"{CANNOT[asked.kind]}; say what to do, such as 'turn left'")
    check(asked)
    known = grammar(asked.task)
    return Heard(plain, known.reply(asked.words), known.names(asked.words), asked)


class InstructionFollower:
    """A policy with one instruction at a time; use it from one thread.

    Args:
        policy: drives one robot.
        criterion: when an instruction ends.
        check: raises InstructionError where the place lacks what is asked for; a robot that does
            not know the place goes and looks.

    Attributes:
        progress: how the newest instruction goes.
        instruction: the newest one; empty before the first.
        says: what was understood of it, such as "I go to the red ball"; empty where refused.
        reason: why it was refused, or ended otherwise than by arriving; empty where it was not.
        elapsed_s: time since its first picture, s.
        begun: how many instructions were begun.
    """

    def __init__(
        self,
        policy: FollowedPolicy,
        criterion: Callable[[], StopCriterion] = StopCriterion,
        check: Check = lambda _: None,
    ) -> None:
        self._policy, self._criterion, self._check = policy, criterion, check
        self.progress = Progress.IDLE
        self.instruction = self.says = self.reason = ""
        self.elapsed_s = 0.0
        self.begun = 0
        self._names: tuple[str, ...] = ()
        self._gyros: list[Array] = []
        self._state: RobotState | None = None
        self._start: float | None = None
        self._chunk: GaitChunk | None = None
        self._done_in_row = 0
        self._camera = CameraWatch()

    def follow(self, instruction: str) -> None:
        """Begin anew with an instruction; the one before is forgotten, and the robot stands.

        A word that stops (`safety_words`) ends in `Progress.STOPPED`, and so does "stand up"; what
        the robot cannot do, and what says nothing, in `Progress.REFUSED`.

        Raises:
            InstructionError: it is refused; ``reason`` says why.
        """
        self._begin(printable(instruction))
        try:
            heard = hear(instruction, self._policy.check)
            if heard.asked is not None:
                self._check(heard.asked)
        except InstructionError as refusal:
            self.reason = str(refusal)
            raise
        self.says, self._names = heard.says, heard.names
        self.progress = Progress.STOPPED
        if heard.asked is not None:
            self._policy.reset([heard.text])
            self.progress = Progress.FOLLOWING

    def _begin(self, text: str) -> None:
        self.instruction, self.progress = text, Progress.REFUSED
        self.says = self.reason = ""
        self.begun += 1
        self._start = self._chunk = None
        self._done_in_row, self.elapsed_s = 0, 0.0
        self._gyros, self._names = [], ()
        self._camera = CameraWatch()

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
        limit = self._criterion().time_limit_s
        if self.elapsed_s > limit:
            self._give_up(Progress.TIMED_OUT, f"not done in {limit:g} s")
        elif self._camera.frozen(picture, time, moving=self._moves(time)):
            self._give_up(
                Progress.CAMERA_FROZEN,
                f"the camera has shown the very same picture for {self._camera.still_s:.1f} s "
                "while the robot was told to move; check the camera, then say it again",
            )
        else:
            return self._advance(picture, time, self._state)
        return None

    def _give_up(self, progress: Progress, reason: str) -> None:
        self.progress, self.reason = progress, reason
        self._chunk = None

    def _advance(
        self, picture: NDArray[np.uint8], time: float, state: RobotState
    ) -> FollowerOutput:
        batched = with_batch(state, 1)
        observation = Observation(
            images=picture[None],
            gyro_mean=np.mean(self._gyros or [state.gyro], axis=0)[None],
            gravity=batched.projected_gravity(),
            last_command=self._last_command(time)[None],
            state=batched,
            active=np.ones(1, bool),
        )
        self._gyros = []
        (commands,) = self._policy.act(observation)
        self._chunk = GaitChunk(time, commands.astype(np.float64))
        first = dict(zip(GAIT_RANGES, commands[0].tolist(), strict=True))
        done = float(first["terminate"])
        self._done_in_row = self._done_in_row + 1 if done > DONE else 0
        if self._done_in_row >= self._criterion().done_pictures:
            self.progress = Progress.ARRIVED
        return FollowerOutput(self._chunk, sightings(self._names, self._policy.output), done)

    def _last_command(self, time: float) -> NDArray[np.float32]:
        """Return the command in force just before a picture, order of GAIT_RANGES, (12,)."""
        if self._chunk is None:
            return GaitCommand().to_array()
        return self._chunk.before(time).to_array()

    def _moves(self, time: float) -> bool:
        """Tell whether the command in force just before a picture moves the robot."""
        command = self._last_command(time)
        return any(abs(command[GAIT_LAYOUT[name]].item()) > MOVES for name in VELOCITY_FIELDS)


def printable(text: str) -> str:
    """Return a text as it may be shown and logged: in one line, without control characters."""
    plain = " ".join(text.split())[:LONGEST_SHOWN]
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in plain)


def sightings(names: Sequence[str], output: VlaOutput | None) -> tuple[Sighting, ...]:
    """Return what the model says of the things that the only robot's instruction names.

    Nothing where no model looked.
    """
    if output is None:
        return ()
    rows = (output.seen[0], output.bearing[0], output.distance[0])
    columns = zip(*(row.tolist() for row in rows), strict=True)
    return tuple(Sighting(name, *column) for name, column in zip(names, columns, strict=False))


def standing_chunk(time: float) -> GaitChunk:
    """Return commands to stand, in place of whatever is being carried out."""
    return GaitChunk(time, np.tile(GaitCommand().to_array(), (CHUNK_STEPS, 1)))


def speeds(chunk: GaitChunk) -> dict[str, float]:
    """Return the velocities of a chunk's first command by name."""
    first = chunk.commands[0]
    return {name: float(first[GAIT_LAYOUT[name]].item()) for name in ("vx", "vy", "wz")}
