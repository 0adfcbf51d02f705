"""Time of the control loop: absolute deadlines that never drift, and timers of its stages."""

import math
import time
from collections.abc import Callable

import numpy as np

from canter.control.errors import CanterError

KEPT_SAMPLES = 4096
"""Samples of a stage that percentiles are taken over, the latest ones."""


class LoopClock:
    """Paces a loop on the grid start + k period.

    A late tick runs at once; deadlines that passed meanwhile are counted and skipped, so the loop
    neither drifts nor runs a burst to catch up.

    Attributes:
        period: time between two ticks, s.
        ticks: calls of `wait`.
        missed: deadlines that had passed before the loop was ready for them.
    """

    def __init__(
        self,
        period: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start the grid now.

        Args:
            period: time between two ticks, s.
            now: monotonic clock, s.
            sleep: waits for so many seconds.

        Raises:
            CanterError: the period is not positive.
        """
        if not (math.isfinite(period) and period > 0):
            raise CanterError(f"loop period is {period} s; it must be positive, such as 0.02")
        self.period = period
        self.ticks = 0
        self.missed = 0
        self._now = now
        self._sleep = sleep
        self._start = now()
        self._index = 0

    def wait(self) -> float:
        """Wait for the next deadline; returns how late the tick begins, s."""
        self.ticks += 1
        self._index += 1
        ahead = self.deadline - self._now()
        if ahead > 0:
            self._sleep(ahead)
            return max(0.0, self._now() - self.deadline)
        skipped = math.floor(-ahead / self.period)
        self.missed += 1 + skipped
        self._index += skipped
        return -ahead

    @property
    def deadline(self) -> float:
        """The point of the grid that the present tick belongs to, on the clock given, s."""
        return self._start + self._index * self.period


class StageTimers:
    """Durations of named stages: ``with timers("infer"): ...``."""

    def __init__(self) -> None:
        """Begin without stages; each appears at its first use."""
        self._stages: dict[str, _Stage] = {}

    def __call__(self, name: str) -> "_Stage":
        """Return the context manager of a stage; a stage does not nest within itself."""
        stage = self._stages.get(name)
        if stage is None:
            stage = self._stages[name] = _Stage()
        return stage

    def summary(self) -> dict[str, dict[str, float]]:
        """Return n, p50, p95, p99 (latest 4096 samples) and max (of all) of each stage, ms."""
        return {name: stage.summary() for name, stage in self._stages.items() if stage.count}

    def totals(self) -> dict[str, float]:
        """Return the time spent in each stage, s."""
        return {name: stage.total for name, stage in self._stages.items()}


class _Stage:
    """One stage's ring of durations."""

    __slots__ = ("_begin", "_ring", "_worst", "count", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self._begin = 0.0
        self._ring = np.zeros(KEPT_SAMPLES)
        self._worst = 0.0

    def __enter__(self) -> None:
        self._begin = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        elapsed = time.perf_counter() - self._begin
        self._ring[self.count % KEPT_SAMPLES] = elapsed
        self.count += 1
        self.total += elapsed
        self._worst = max(self._worst, elapsed)

    def summary(self) -> dict[str, float]:
        milliseconds = self._ring[: self.count] * 1e3
        p50, p95, p99 = np.percentile(milliseconds, [50, 95, 99])
        return {
            "n": self.count,
            "p50": float(p50),
            "p95": float(p95),
            "p99": float(p99),
            "max": self._worst * 1e3,
        }
