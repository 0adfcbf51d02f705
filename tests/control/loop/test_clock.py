"""Loop clock against a clock that the test turns, and timers against known durations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.loop.clock import KEPT_SAMPLES, LoopClock, StageTimers

PERIOD = 0.25  # exact in binary, so that deadlines compare exactly


class FakeTime:
    """A clock that moves only by sleeping and working."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def pass_time(self, seconds: float) -> None:
        self.time += seconds


def loop(fake: FakeTime) -> LoopClock:
    """Return a loop clock on the fake time."""
    return LoopClock(PERIOD, fake.now, fake.pass_time)


def test_work_does_not_lengthen_the_period() -> None:
    fake = FakeTime()
    clock = loop(fake)
    for tick in range(1, 9):
        fake.pass_time(0.125)
        assert clock.wait() == 0.0
        assert fake.time == 100.0 + tick * PERIOD
    assert (clock.ticks, clock.missed) == (8, 0)


def test_a_late_tick_runs_at_once_and_the_grid_stays() -> None:
    fake = FakeTime()
    clock = loop(fake)
    fake.pass_time(0.375)
    assert clock.wait() == 0.125
    assert clock.missed == 1
    clock.wait()
    assert fake.time == 100.5


def test_passed_deadlines_are_counted_and_skipped() -> None:
    fake = FakeTime()
    clock = loop(fake)
    fake.pass_time(0.875)  # deadlines at .25, .5 and .75 passed
    assert clock.wait() == 0.625
    assert clock.missed == 3
    clock.wait()
    assert fake.time == 101.0


@given(st.lists(st.floats(0, 2), max_size=50))
def test_never_drifts(work: list[float]) -> None:
    """After every wait that slept, the time is a whole number of periods from the start."""
    fake = FakeTime()
    clock = loop(fake)
    for seconds in work:
        fake.pass_time(seconds)
        before = fake.time
        clock.wait()
        if fake.time > before:
            assert (fake.time - 100.0) / PERIOD == pytest.approx(
                round((fake.time - 100.0) / PERIOD)
            )
        assert fake.time - before <= PERIOD


def test_real_time_holds_the_mean_period() -> None:
    clock = LoopClock(0.005)
    late = [clock.wait() for _ in range(10)]
    assert min(late) < 0.005


@pytest.mark.parametrize("period", [0.0, -0.02, float("nan"), float("inf")])
def test_a_period_is_positive(period: float) -> None:
    with pytest.raises(CanterError, match="positive"):
        LoopClock(period)


def test_timers_report_percentiles_in_ms(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeTime()
    monkeypatch.setattr("time.perf_counter", fake.now)
    timers = StageTimers()
    for milliseconds in range(1, 101):
        with timers("infer"):
            fake.pass_time(milliseconds / 1e3)
    with timers("post"):
        pass
    summary = timers.summary()
    assert list(summary) == ["infer", "post"]
    assert summary["infer"]["n"] == 100
    expected = np.percentile(np.arange(1, 101), [50, 95, 99, 100])
    got = [summary["infer"][key] for key in ("p50", "p95", "p99", "max")]
    np.testing.assert_allclose(got, expected)


def test_the_worst_sample_outlives_the_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeTime()
    monkeypatch.setattr("time.perf_counter", fake.now)
    timers = StageTimers()
    with timers("infer"):
        fake.pass_time(1.0)
    for _ in range(KEPT_SAMPLES):
        with timers("infer"):
            fake.pass_time(0.001)
    summary = timers.summary()["infer"]
    assert summary["n"] == KEPT_SAMPLES + 1
    np.testing.assert_allclose([summary["p99"], summary["max"]], [1.0, 1000.0])


def test_a_stage_that_raises_is_timed_and_raises_on() -> None:
    timers = StageTimers()
    with pytest.raises(ZeroDivisionError), timers("infer"):
        raise ZeroDivisionError
    assert timers.summary()["infer"]["n"] == 1
