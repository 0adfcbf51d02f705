"""Whether the stack would keep up with a robot: durations against deadlines, and the rate."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from canter.sim.physics.batched_sim import CONTROL_PERIOD


@dataclass(slots=True)
class Missed:
    """Deadlines that were missed.

    Attributes:
        vla: pictures whose commands came later than one picture period after them.
        control: control steps that took longer than their period.
    """

    vla: int = 0
    control: int = 0


class Pace:
    """Watches the time of a simulation that runs as fast as it can.

    A robot's clock would wait for nothing. Here every step is timed instead, and counted as missed
    where it took longer than the robot would have given it. What only observes the run (the film,
    the terminal) is left out of it: see `aside`.

    Args:
        picture_period: time between two pictures, s.
        now: clock, s.

    Attributes:
        missed: deadlines so far.
    """

    def __init__(self, picture_period: float, now: Callable[[], float] = time.perf_counter) -> None:
        self.missed = Missed()
        self._now, self._picture_period = now, picture_period
        self._start = self._mark = now()
        self._aside = 0.0

    def begin_step(self) -> None:
        """Take the time before a picture or a control step."""
        self._mark = self._now()

    def end_picture(self) -> None:
        """Take the time when the commands for a picture are there; a control step follows."""
        self.missed.vla += self._lap() > self._picture_period

    def end_control(self) -> None:
        """Take the time after a control step; another one follows, or a picture."""
        self.missed.control += self._lap() > CONTROL_PERIOD

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave what happens within out of all times."""
        begin = self._now()
        try:
            yield
        finally:
            elapsed = self._now() - begin
            self._aside += elapsed
            self._mark += elapsed

    @property
    def working_s(self) -> float:
        """Time since the start without what was left aside, s."""
        return self._now() - self._start - self._aside

    @property
    def elapsed_s(self) -> float:
        """Time since the start, s."""
        return self._now() - self._start

    def _lap(self) -> float:
        before, self._mark = self._mark, self._now()
        return self._mark - before
