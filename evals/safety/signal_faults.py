"""Faults in numbers and times: NaN, out of range, too late, backwards, or nothing at all."""

from dataclasses import replace
from typing import Any

import numpy as np

from canter.control.gait.gait_chunk import CHUNK_VALID_S, GaitChunk
from canter.control.gait.velocity_command import VelocityCommand
from canter.control.locomotion import COMMAND_TIMEOUT_S
from canter.control.types import GAIT_RANGES, Array, JointCommand, RobotState
from canter.evals.safety.injection import Answer, Injection


class BadNumber(Injection):
    """A field of the command is out of its range or no number at all."""

    def __init__(
        self, rng: np.random.Generator, onset: float, field: str, values: tuple[float, ...]
    ) -> None:
        super().__init__(rng, onset)
        self._field = field
        self._value = float(rng.choice(values))

    def command(self, command: JointCommand, now: float) -> JointCommand:
        """Put the bad number in."""
        if self._field == "valid_until":
            return replace(command, valid_until=now + self._value)
        values = np.array(getattr(command, self._field), float)
        values[self.joint] = self._value
        changed: dict[str, Any] = {self._field: values}
        return replace(command, **changed)


class BadMeasurement(Injection):
    """A field of the state holds NaN or infinity."""

    def __init__(self, rng: np.random.Generator, onset: float, field: str) -> None:
        super().__init__(rng, onset)
        self._field = field
        self._value = float(rng.choice([np.nan, np.inf, -np.inf]))

    def state(self, state: RobotState, now: float) -> RobotState:
        """Put the bad number in."""
        if self._field == "time":
            return replace(state, time=self._value)
        values = np.array(getattr(state, self._field), float)
        values[self.rng.integers(len(values))] = self._value
        changed: dict[str, Any] = {self._field: values}
        return replace(state, **changed)


class SilentState(Injection):
    """Measurements stop."""

    def state(self, state: RobotState, now: float) -> None:
        """Let none arrive."""


class FrozenStamp(Injection):
    """Measurements go on, their time stands still."""

    def state(self, state: RobotState, now: float) -> RobotState:
        """Stamp it with the time before the onset."""
        return replace(state, time=self.onset - 0.002)


class DeadPolicy(Injection):
    """Joint commands stop."""

    def command(self, command: JointCommand, now: float) -> None:
        """Let none arrive."""


class LateState(Injection):
    """Measurements arrive long after they were taken."""

    def __init__(self, rng: np.random.Generator, onset: float) -> None:
        super().__init__(rng, onset)
        self._late = float(rng.uniform(0.07, 0.3))

    def state(self, state: RobotState, now: float) -> RobotState | None:
        """Return what was measured a while ago, nothing until that was after the onset."""
        if now - self.onset < self._late:
            return None
        return replace(state, time=state.time - self._late)


class LateCommand(Injection):
    """Joint commands arrive after they expired."""

    def __init__(self, rng: np.random.Generator, onset: float) -> None:
        super().__init__(rng, onset)
        self._late = float(rng.uniform(0.06, 0.3))
        self._on_the_way: list[tuple[float, JointCommand]] = []

    def command(self, command: JointCommand, now: float) -> JointCommand | None:
        """Return the one that was sent a while ago."""
        self._on_the_way.append((now, command))
        if now - self._on_the_way[0][0] < self._late:
            return None
        return self._on_the_way.pop(0)[1]


class DeadChunk(Injection):
    """The VLA dies; its last chunk of commands runs out after a second."""

    answer: Answer = "rest"

    def __init__(self, rng: np.random.Generator, onset: float) -> None:
        super().__init__(rng, onset)
        self.zero = onset + CHUNK_VALID_S
        self._chunk: GaitChunk | None = None

    def gait(self, command: Array, now: float) -> Array:
        """Return what the old chunk still says."""
        if self._chunk is None:
            self._chunk = GaitChunk(self.onset, np.tile(command, (10, 1)))
        return self._chunk.at(now).to_array()


class DeadVelocity(Injection):
    """A client that sends velocities dies; its last one runs out after half a second."""

    answer: Answer = "rest"

    def __init__(self, rng: np.random.Generator, onset: float) -> None:
        super().__init__(rng, onset)
        self.zero = onset + COMMAND_TIMEOUT_S
        self._now = onset
        self._source = VelocityCommand(GAIT_RANGES, now=lambda: self._now)
        self._given = False

    def gait(self, command: Array, now: float) -> Array:
        """Return what the old velocity still says."""
        if not self._given:
            self._source.put(*(float(value) for value in command[:3]))
            self._given = True
        self._now = now
        return self._source.command().to_array()


class BackwardTime(Injection):
    """A time jumps back: the stamp of states, of commands, or the clock itself."""

    def __init__(self, rng: np.random.Generator, onset: float, which: str) -> None:
        super().__init__(rng, onset)
        self._which, self._back = which, float(rng.uniform(0.11, 1.0))

    def state(self, state: RobotState, now: float) -> RobotState:
        """Stamp it earlier."""
        return replace(state, time=state.time - self._back * (self._which == "state"))

    def command(self, command: JointCommand, now: float) -> JointCommand:
        """Stamp it earlier."""
        back = self._back * (self._which == "command")
        return replace(command, valid_until=command.valid_until - back)

    def clock(self, now: float) -> float:
        """Return an earlier time."""
        return now - self._back * (self._which == "clock")
