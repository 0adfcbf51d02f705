"""What checkers of every task keep: time, touches, falls and the two criteria."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState


@dataclass(slots=True)
class SuccessState:
    """Notes on one episode; fields as in :class:`canter.sim.tasks.task.EpisodeResult`."""

    time: float = 0.0
    distance: float = math.nan
    strict: bool = False
    quard: bool = False
    touched: bool = False
    fallen: bool = False

    def note(self, world: WorldState) -> None:
        """Take in one control step."""
        self.time = world.time
        self.touched |= world.touched
        self.fallen |= world.fallen

    @property
    def clean(self) -> bool:
        """Whether the robot has neither touched anything nor fallen."""
        return not (self.touched or self.fallen)

    def is_over(self, time_limit_s: float, *, lost: bool = False) -> bool:
        """Tell whether nothing that may still happen changes the result.

        Args:
            time_limit_s: for the strict criterion, s.
            lost: whether the strict criterion is out of reach for a reason of the task's own.
        """
        if self.strict or self.fallen or self.time >= time_limit_s:
            return True
        return self.quard and (lost or self.touched)

    def result(self, causes: Mapping[str, bool]) -> EpisodeResult:
        """Return how the episode went.

        Args:
            causes: further reasons for failure after ``fallen`` and ``touched``, the first that
                holds is given; ``timeout`` where none does.
        """
        known = {"": self.strict, "fallen": self.fallen, "touched": self.touched} | dict(causes)
        return EpisodeResult(
            strict=self.strict,
            quard=self.quard,
            reason=next((name for name, holds in known.items() if holds), "timeout"),
            time=self.time,
            distance=self.distance,
            touched=self.touched,
            fallen=self.fallen,
        )
