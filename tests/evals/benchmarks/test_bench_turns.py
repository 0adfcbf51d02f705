import numpy as np
import pytest

from canter.evals.benchmarks import bench_turns


def test_contestants_take_turns_until_the_steps_are_made() -> None:
    order: list[str] = []

    def contestant(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    times = bench_turns.take_turns(11, [lambda: contestant("a", 1.0), lambda: contestant("b", 2.0)])
    assert order == ["a", "b"] * 3  # 3 turns of 5 steps
    np.testing.assert_array_equal(times, [[1.0] * 3, [2.0] * 3])


def test_speed_and_ratio_follow_from_the_times() -> None:
    ours, rollout = np.array([1.0, 2.0, 4.0]), np.array([0.5, 1.8, 2.4])
    speed = bench_turns.speed_of(7, ours, rollout)
    steps = 7 * 3 * bench_turns.STEPS_PER_TURN
    assert speed.policy_steps == pytest.approx(steps / 7.0)
    assert speed.rollout_steps == pytest.approx(steps / 4.7)
    assert (speed.ratio.lo, speed.ratio.median, speed.ratio.hi) == pytest.approx((0.5, 0.6, 0.9))
    assert str(speed.ratio) == "0.60 [0.50, 0.90]"
