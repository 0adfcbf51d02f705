"""The physics' grid of deadlines, and the time that each state on it stands for. No ROS here."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from canter.control.loop.clock import LoopClock

CATCH_UP = 5
"""Most ticks that a late one makes up for; time lost beyond that stays lost."""


@dataclass(frozen=True, slots=True)
class Burst:
    """The physics steps that are due at one tick.

    Attributes:
        steps: how many, one or more.
        slipped: ticks of time that are lost before them.
        end: time that the state after the last step stands for, s.
        step_s: time between the states of two steps, s.
    """

    steps: int
    slipped: int
    end: float
    step_s: float

    def stamp(self, left: int) -> float:
        """Return the time of the state before whose burst's end so many steps are left, s."""
        return self.end - left * self.step_s


class ClockOffset:
    """How far one clock is ahead of another, which drift apart slowly or are set.

    A reading of one between two of the other bounds the difference; what is known moves only as
    far as such a bound proves it wrong, so a reading that took long disturbs nothing.

    Args:
        ahead: the one clock, s.
        base: the other, s.
    """

    def __init__(self, ahead: Callable[[], float], base: Callable[[], float]) -> None:
        self._ahead, self._base = ahead, base
        self._known: float | None = None

    def now(self) -> float:
        """Return the difference, s."""
        before, reading, after = self._base(), self._ahead(), self._base()
        low, high = reading - after, reading - before
        known = (low + high) / 2 if self._known is None else self._known
        self._known = min(max(known, low), high)
        return self._known


class PhysicsPace:
    """Waits for the ticks of a physics that keeps up with a clock.

    A state is stamped with the deadline on the grid that it belongs to, not with the time at which
    somebody came to stamp it: the time between two stamps is then that between the states, however
    late the loop is. Only where time slips is it longer.

    Args:
        period_s: one physics step, simulated, s.
        rate: simulated seconds per second; above 1 a tick has several steps.
        stamp: clock of the time stamps, s.
        now: monotonic clock, s.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        period_s: float,
        rate: float,
        stamp: Callable[[], float],
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._stride = max(1, round(rate))
        self._step_s = period_s / rate
        self._clock = LoopClock(self._stride * self._step_s, now, sleep)
        self._offset = ClockOffset(stamp, now)

    def wait(self) -> Burst:
        """Wait for the next tick; return what is due at it."""
        missed = self._clock.missed
        self._clock.wait()
        skipped = max(0, self._clock.missed - missed - 1)  # the late tick itself is this one
        late = min(skipped, CATCH_UP)
        end = self._clock.deadline + self._offset.now()
        return Burst(self._stride * (1 + late), skipped - late, end, self._step_s)
