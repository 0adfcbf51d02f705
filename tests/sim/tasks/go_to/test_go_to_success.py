import math

import pytest

from canter.control.vocab import Target
from canter.sim.rendering.appearance import Appearance
from canter.sim.scenes.placement import Pose
from canter.sim.scenes.shapes import Thing, natural_size
from canter.sim.tasks.go_to.go_to_scene import Scene
from canter.sim.tasks.stopping import EpisodeResult, GoTo, Judge

TICK = 0.02
BALL = Thing("ball", "red", (1.0, 0.0, 0.0), natural_size("ball", 0.4), 2.0, 0.0, 0.0)
CUBE = Thing("cube", "blue", (0.0, 0.0, 1.0), natural_size("cube", 0.4), 0.0, 2.0, 0.0)
GOOD: Pose = (1.3, 0.0, 0.0)  # 0.5 m before the ball's surface
AWAY: Pose = (-1.0, 0.0, 0.0)


def judge(target: Target | None = None) -> Judge:
    wanted = target or Target("red", "ball")
    return GoTo(Scene(0, (BALL, CUBE), wanted, AWAY, Appearance(), "seen")).judge()


def hold(
    judge: Judge, pose: Pose, start: float, seconds: float, speed: float = 0.0
) -> EpisodeResult:
    for k in range(round(seconds / TICK) + 1):
        judge.update(start + k * TICK, pose, speed, touched=False, fallen=False)
    return judge.verdict()


def test_standing_a_second_before_the_target_is_success() -> None:
    short = judge()
    assert not hold(short, GOOD, 5.0, 0.96).strict
    verdict = hold(judge(), GOOD, 5.0, 1.0)
    assert verdict.strict and verdict.quard and not verdict.reason
    assert verdict.time == pytest.approx(6.0)
    assert verdict.distance == pytest.approx(0.5)


@pytest.mark.parametrize(
    "pose",
    [
        (1.3, 0.0, math.radians(31)),
        (1.3, 0.0, math.radians(-31)),
        (2.0 - 0.2 - 0.71, 0.0, 0.0),
        (2.0 - 0.2 - 0.29, 0.0, 0.0),
    ],
)
def test_wrong_place_or_heading_is_not(pose: Pose) -> None:
    tracker = judge()
    assert not hold(tracker, pose, 0.0, 40.0).strict
    assert tracker.verdict().reason in ("timeout", "not_found")


@pytest.mark.parametrize("pose", [(1.3, 0.0, 0.5), (2.0 - 0.2 - 0.69, 0.0, 0.0), (1.49, 0.0, 0.0)])
def test_within_the_limits_it_is(pose: Pose) -> None:
    assert hold(judge(), pose, 0.0, 1.0).strict


def test_a_break_in_standing_starts_the_second_again() -> None:
    tracker = judge()
    hold(tracker, GOOD, 0.0, 0.9)
    tracker.update(0.92, GOOD, 0.06, touched=False, fallen=False)
    assert not hold(tracker, GOOD, 0.94, 0.9).strict
    assert hold(tracker, GOOD, 1.86, 0.1).strict


def test_touching_anything_ever_is_failure_but_quard_still_latches() -> None:
    tracker = judge()
    tracker.update(0.0, AWAY, 0.5, touched=True, fallen=False)
    verdict = hold(tracker, GOOD, 1.0, 2.0)
    assert not verdict.strict and verdict.quard
    assert verdict.reason == "touched" and tracker.done


def test_falling_is_failure() -> None:
    tracker = judge()
    tracker.update(0.0, AWAY, 0.5, touched=False, fallen=True)
    assert hold(tracker, GOOD, 1.0, 2.0).reason == "fallen"
    assert tracker.done


def test_time_limits_of_both_verdicts() -> None:
    assert hold(judge(), GOOD, 39.0, 1.0).strict
    late = judge()
    verdict = hold(late, GOOD, 39.1, 1.0)
    assert not verdict.strict and not verdict.quard
    assert verdict.reason == "timeout" and late.done


def test_quard_latches_in_passing_within_a_metre() -> None:
    tracker = judge()
    tracker.update(3.0, (2.0, 0.99, 0.0), 0.7, touched=False, fallen=False)
    assert hold(tracker, AWAY, 4.0, 36.0, speed=0.7).quard
    assert tracker.verdict().reason == "timeout"
    other = judge()
    other.update(3.0, (2.0, 1.01, 0.0), 0.7, touched=False, fallen=False)
    assert not other.verdict().quard


def test_stopping_before_another_thing_is_the_wrong_object() -> None:
    tracker = judge()
    verdict = hold(tracker, (0.0, 1.3, math.pi / 2), 0.0, 40.0)
    assert verdict.reason == "wrong_object" and not verdict.strict


def test_what_is_not_there_is_not_found() -> None:
    tracker = judge(Target("green", "cone"))
    verdict = hold(tracker, AWAY, 0.0, 40.0, speed=0.3)
    assert verdict.reason == "not_found" and math.isnan(verdict.distance)
    assert tracker.done
