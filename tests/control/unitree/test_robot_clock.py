"""A robot's tick on the local clock, against times that the test knows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.unitree.robot_clock import LOST_S, WINDOW_S, WRAP_MS, RobotClock

STEP_MS = 2


def measured(ticks_ms: list[int], arrivals: list[float]) -> list[float]:
    clock = RobotClock()
    return [clock.time(tick, arrival) for tick, arrival in zip(ticks_ms, arrivals, strict=True)]


def test_late_arrivals_are_stamped_when_they_were_due() -> None:
    """Delays of 0 to 9 ms over 1 ms: once the quickest has come, times are exact."""
    delays = np.random.default_rng(0).choice([0.001, 0.004, 0.01], size=500)
    delays[0] = 0.001
    true = 50.0 + 0.002 * np.arange(500)
    times = measured([7000 + STEP_MS * k for k in range(500)], (true + delays).tolist())
    np.testing.assert_allclose(times, true + 0.001, atol=1e-9)


@given(st.lists(st.floats(0.0, 0.3), min_size=2, max_size=60), st.integers(1, WRAP_MS - 1))
def test_never_from_the_future_and_spaced_as_the_ticks_are(delays: list[float], first: int) -> None:
    """Also where the tick wraps: steps differ from the tick's only as quicker arrivals come."""
    arrivals = np.maximum.accumulate(9.0 + 0.002 * np.arange(len(delays)) + delays)
    ticks = [(first + STEP_MS * k) % WRAP_MS or 1 for k in range(len(delays))]
    times = np.array(measured(ticks, arrivals.tolist()))
    assert (times <= arrivals + 1e-9).all()
    assert (np.diff(times) <= 0.003 + 1e-9).all()  # a wrap onto 0 was moved by a ms


def test_the_tick_wraps() -> None:
    ticks = [(WRAP_MS - 5 + STEP_MS * k) % WRAP_MS for k in range(6)]
    arrivals = [1.0 + 0.002 * k + 0.005 * (k > 0) for k in range(6)]
    assert measured(ticks, arrivals) == pytest.approx([1.0 + 0.002 * k for k in range(6)])


def test_a_robot_that_started_anew_is_taken_at_its_arrival() -> None:
    times = measured([90_000, 90_002, 12, 14], [5.0, 5.002, 9.0, 9.003])
    assert times == pytest.approx([5.0, 5.002, 9.0, 9.002])


@pytest.mark.parametrize("jump_ms", [40_000, -40_000])
def test_a_tick_that_jumps_leaves_no_lasting_error(jump_ms: int) -> None:
    ticks = [100_000, 100_002, 100_004 + jump_ms, 100_006 + jump_ms]
    assert measured(ticks, [5.0, 5.002, 5.004, 5.007]) == pytest.approx([5.0, 5.002, 5.004, 5.006])


def test_a_silence_of_the_robots_time_is_no_delay() -> None:
    """Its tick stood still for longer than any delay that matters: it begins anew."""
    times = measured([500, 502], [5.0, 5.002 + LOST_S + 0.1])
    assert times[1] == 5.002 + LOST_S + 0.1


def test_a_queue_that_grows_shows_as_age() -> None:
    """Each measurement arrives 1 ms later than the one before: stale ones must look stale."""
    times = measured([1 + STEP_MS * k for k in range(100)], [3.0 + 0.003 * k for k in range(100)])
    assert 3.0 + 0.003 * 99 - times[-1] == pytest.approx(0.099)


@pytest.mark.parametrize("drift", [-1e-4, 1e-4])
def test_clocks_that_drift_stay_together(drift: float) -> None:
    """Within the drift over the window, over 100 s and 10 ms of it."""
    local = np.arange(0.0, 100.0, 0.01) + 20.0
    ticks = [1 + round(1e3 * (1 + drift) * (t - 20.0)) for t in local]
    error = local - np.array(measured(ticks, local.tolist()))
    assert error.min() >= -1e-9
    assert error.max() <= abs(drift) * WINDOW_S + 0.001


def test_where_there_is_no_tick_the_arrival_counts() -> None:
    assert measured([0, 0, 0], [1.0, 1.1, 1.2]) == [1.0, 1.1, 1.2]
