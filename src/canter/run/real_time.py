"""Real time: a simulation that waits for the clock on the wall."""

import time
from collections.abc import Callable
from typing import Final

MOST_BEHIND: Final = 0.25
"""A simulation that is further behind gives up catching up, s."""
RATE_SPAN: Final = 1.0
"""Over how long the rate is measured, s."""


class RealTime:
    """Makes simulated steps take their time; one that is too slow is not hurried.

    Args:
        now: seconds of a monotonic clock.
        sleep: waits for some seconds.

    Attributes:
        rate: simulated over elapsed time in the last second.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self.rate = 1.0
        self.restart()

    def restart(self) -> None:
        """Begin anew: what went by until now does not count."""
        self._due = self._mark = self._now()
        self._simulated = 0.0

    def wait(self, step: float) -> None:
        """Wait until a step, s, that was simulated would be over."""
        self._due += step
        self._simulated += step
        left = self._due - self._now()
        if left > 0:
            self._sleep(left)
        elif left < -MOST_BEHIND:
            self._due = self._now()
        self._measure()

    def _measure(self) -> None:
        elapsed = self._now() - self._mark
        if elapsed >= RATE_SPAN:
            self.rate = self._simulated / elapsed
            self._mark, self._simulated = self._now(), 0.0
