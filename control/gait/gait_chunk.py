"""A chunk of gait commands with its time, and the one of them that is due."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.types import CHUNK_SPACING_S, GAIT_LAYOUT, GAIT_RANGES, GaitCommand

CHUNK_VALID_S = 1.0
"""Age at which a chunk no longer moves the robot, s."""
JUST_BEFORE_S = 1e-3
DONE = 0.5
"""A command more likely to be the last than this stops the robot."""


@dataclass(frozen=True, slots=True)
class GaitChunk:
    """Commands for the near future, the first of them due at `time`.

    Attributes:
        time: time stamp of the picture it answers, s.
        commands: physical units, order of GAIT_RANGES, (K, 12).
        spacing_s: time between two commands, s.
    """

    time: float
    commands: NDArray[np.floating]
    spacing_s: float = CHUNK_SPACING_S

    def __post_init__(self) -> None:
        """Refuse an empty chunk, another width, NaN, and a spacing that is not positive."""
        shape = self.commands.shape
        if len(shape) != 2 or not shape[0] or shape[1] != len(GAIT_RANGES):
            raise CanterError(f"GaitChunk.commands has shape {shape}, not (K, {len(GAIT_RANGES)})")
        if not np.isfinite(self.commands).all():
            raise CanterError("GaitChunk.commands holds NaN or infinity")
        if not (np.isfinite(self.time) and np.isfinite(self.spacing_s) and self.spacing_s > 0):
            raise CanterError(
                f"GaitChunk.time = {self.time}, spacing_s = {self.spacing_s}; the time is finite, "
                "the spacing positive"
            )

    def at(self, now: float) -> GaitCommand:
        """Return the command that is due, clipped to GAIT_RANGES.

        It stands still where the command says that it is done, and once the chunk is older than
        CHUNK_VALID_S.

        Args:
            now: time on the clock of `time`, s.
        """
        age = now - self.time
        step = int(np.clip(np.floor(age / self.spacing_s + 1e-6), 0, len(self.commands) - 1))
        command = self.commands[step].copy()
        if age > CHUNK_VALID_S or command[GAIT_LAYOUT["terminate"]] > DONE:
            for name in VELOCITY_FIELDS:
                command[GAIT_LAYOUT[name]] = 0.0
        return GaitCommand.from_array(command)

    def before(self, now: float) -> GaitCommand:
        """Return the command that was in force just before a moment, as `at` does."""
        return self.at(now - JUST_BEFORE_S)
