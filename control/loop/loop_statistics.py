"""What a paced loop did: ticks, deadlines met, lateness, stages, and what became of commands."""

from dataclasses import dataclass

import numpy as np

from canter.control.loop.clock import KEPT_SAMPLES, LoopClock, StageTimers


@dataclass(frozen=True, slots=True)
class LoopStatistics:
    """What the controller loop did since `start`.

    Attributes:
        ticks: ticks begun.
        missed: deadlines that had passed before the loop was ready for them.
        held_fraction: deadlines that were met, of all, 0..1.
        lateness_ms: "p50", "p99" (latest 4096 ticks) and "max" (of all): how late ticks began, ms.
        waiting: ticks damped for want of a first state or command.
        passed: ticks whose command passed the monitor.
        holding: ticks that held an expired command.
        damped: ticks damped for a fault.
        errors: exceptions in a tick, of the output callback for instance.
        stages: n, p50, p95, p99, max of "tick", "check", "send", "record", ms.
    """

    ticks: int
    missed: int
    held_fraction: float
    lateness_ms: dict[str, float]
    waiting: int
    passed: int
    holding: int
    damped: int
    errors: int
    stages: dict[str, dict[str, float]]


class LoopCounts:
    """Statistics of one run, written by the loop's thread alone.

    Attributes:
        timers: durations of the stages of a tick.
        waiting: as in `LoopStatistics`, and so are `passed`, `holding`, `damped` and `errors`.
    """

    def __init__(self) -> None:
        self.timers = StageTimers()
        self.waiting = self.passed = self.holding = self.damped = self.errors = 0
        self._ticks = self._met = self._missed = 0
        self._late = np.zeros(KEPT_SAMPLES)
        self._latest = 0.0

    def wait(self, clock: LoopClock) -> None:
        """Wait for the clock's next deadline and note how late the tick begins."""
        late = clock.wait()
        self._met += clock.missed == self._missed
        self._missed = clock.missed
        self._late[self._ticks % KEPT_SAMPLES] = late
        self._latest = max(self._latest, late)
        self._ticks += 1

    def statistics(self) -> LoopStatistics:
        """Return them as they are now."""
        late = 1e3 * self._late[: self._ticks] if self._ticks else np.zeros(1)
        p50, p99 = np.percentile(late, [50, 99])
        deadlines = self._met + self._missed
        return LoopStatistics(
            ticks=self._ticks,
            missed=self._missed,
            held_fraction=self._met / deadlines if deadlines else 1.0,
            lateness_ms={"p50": float(p50), "p99": float(p99), "max": 1e3 * self._latest},
            waiting=self.waiting,
            passed=self.passed,
            holding=self.holding,
            damped=self.damped,
            errors=self.errors,
            stages=self.timers.summary(),
        )
