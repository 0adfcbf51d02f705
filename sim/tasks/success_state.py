"""What judges of every family keep: time, touches, falls and the two verdicts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from canter.sim.tasks.stopping import EpisodeResult
from canter.sim.world_state import WorldState


@dataclass(slots=True)
class SuccessState:
    """A judge's notes on one episode; fields as in :class:`canter.sim.tasks.stopping.EpisodeResult`."""

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

    def verdict(self, causes: Mapping[str, bool]) -> EpisodeResult:
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
