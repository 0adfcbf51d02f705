import pytest

from canter.run.real_time import MOST_BEHIND, RealTime


class Wall:
    """A clock that goes on only where somebody works or sleeps."""

    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_a_quick_step_waits_for_its_time_to_be_over(wall: Wall) -> None:
    clock = RealTime(wall.now, wall.sleep)
    for _ in range(100):
        wall.time += 0.005  # work
        clock.wait(0.02)
    assert wall.time == pytest.approx(102.0)
    assert clock.rate == pytest.approx(1.0, abs=0.03)


def test_a_late_step_is_made_up_for(wall: Wall) -> None:
    clock = RealTime(wall.now, wall.sleep)
    wall.time += 0.1
    for _ in range(20):
        clock.wait(0.02)
    assert wall.time == pytest.approx(100.4)


def test_a_simulation_that_is_too_slow_is_not_hurried_later(wall: Wall) -> None:
    clock = RealTime(wall.now, wall.sleep)
    for _ in range(60):
        wall.time += 0.04
        clock.wait(0.02)
    assert clock.rate == pytest.approx(0.5, abs=0.05)
    before = wall.time
    for _ in range(100):
        clock.wait(0.02)
    assert 2.0 - wall.time + before <= MOST_BEHIND


def test_what_went_by_before_a_restart_does_not_count(wall: Wall) -> None:
    clock = RealTime(wall.now, wall.sleep)
    wall.time += 0.2
    clock.restart()
    clock.wait(0.02)
    assert wall.slept == [pytest.approx(0.02)]
