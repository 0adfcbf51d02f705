import math

import numpy as np
import pytest

from canter.control.vocab import Target
from canter.sim.planar import Pose
from canter.sim.scenes.shapes import Thing, natural_size
from canter.sim.tasks.go_to import GoToSuccess
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState
from tests.sim.scene_models import RED_BALL, scene_of

TICK = 0.02
BALL = Thing("ball", "red", (1.0, 0.0, 0.0), natural_size("ball", 0.4), 2.0, 0.0, 0.0)
CUBE = Thing("cube", "blue", (0.0, 0.0, 1.0), natural_size("cube", 0.4), 0.0, 2.0, 0.0)
GOOD: Pose = (1.3, 0.0, 0.0)  # 0.5 m before the ball's surface
AWAY: Pose = (-1.0, 0.0, 0.0)


def checker(target: Target = RED_BALL) -> GoToSuccess:
    return GoToSuccess(scene_of(BALL, CUBE, target=target, start=AWAY))


def world(
    time: float, pose: Pose, speed: float = 0.0, *, touched: bool = False, fallen: bool = False
) -> WorldState:
    place, quat = np.array([*pose[:2], 0.29]), np.array([1.0, 0.0, 0.0, 0.0])
    return WorldState(time, pose, place, quat, speed, touched, frozenset(), fallen)


def hold(
    told: GoToSuccess, pose: Pose, start: float, seconds: float, speed: float = 0.0
) -> EpisodeResult:
    for k in range(round(seconds / TICK) + 1):
        told.update(world(start + k * TICK, pose, speed))
    return told.result()


def test_standing_a_second_before_the_target_is_success() -> None:
    short = checker()
    assert not hold(short, GOOD, 5.0, 0.96).strict
    result = hold(checker(), GOOD, 5.0, 1.0)
    assert result.strict and result.quard and not result.reason
    assert result.time == pytest.approx(6.0)
    assert result.distance == pytest.approx(0.5)


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
    tracker = checker()
    assert not hold(tracker, pose, 0.0, 40.0).strict
    assert tracker.result().reason in ("timeout", "not_found")


@pytest.mark.parametrize("pose", [(1.3, 0.0, 0.5), (2.0 - 0.2 - 0.69, 0.0, 0.0), (1.49, 0.0, 0.0)])
def test_within_the_limits_it_is(pose: Pose) -> None:
    assert hold(checker(), pose, 0.0, 1.0).strict


def test_a_break_in_standing_starts_the_second_again() -> None:
    tracker = checker()
    hold(tracker, GOOD, 0.0, 0.9)
    tracker.update(world(0.92, GOOD, 0.06))
    assert not hold(tracker, GOOD, 0.94, 0.9).strict
    assert hold(tracker, GOOD, 1.86, 0.1).strict


def test_touching_anything_ever_is_failure_but_quard_still_latches() -> None:
    tracker = checker()
    tracker.update(world(0.0, AWAY, 0.5, touched=True))
    result = hold(tracker, GOOD, 1.0, 2.0)
    assert not result.strict and result.quard
    assert result.reason == "touched" and tracker.done


def test_falling_is_failure() -> None:
    tracker = checker()
    tracker.update(world(0.0, AWAY, 0.5, fallen=True))
    assert hold(tracker, GOOD, 1.0, 2.0).reason == "fallen"
    assert tracker.done


def test_time_limits_of_both_criteria() -> None:
    assert hold(checker(), GOOD, 39.0, 1.0).strict
    late = checker()
    result = hold(late, GOOD, 39.1, 1.0)
    assert not result.strict and not result.quard
    assert result.reason == "timeout" and late.done


def test_quard_latches_in_passing_within_a_metre() -> None:
    tracker = checker()
    tracker.update(world(3.0, (2.0, 0.99, 0.0), 0.7))
    assert hold(tracker, AWAY, 4.0, 36.0, speed=0.7).quard
    assert tracker.result().reason == "timeout"
    other = checker()
    other.update(world(3.0, (2.0, 1.01, 0.0), 0.7))
    assert not other.result().quard


def test_stopping_before_another_thing_is_the_wrong_object() -> None:
    tracker = checker()
    result = hold(tracker, (0.0, 1.3, math.pi / 2), 0.0, 40.0)
    assert result.reason == "wrong_object" and not result.strict


def test_what_is_not_there_is_not_found() -> None:
    tracker = checker(Target("green", "cone"))
    result = hold(tracker, AWAY, 0.0, 40.0, speed=0.3)
    assert result.reason == "not_found" and math.isnan(result.distance)
    assert tracker.done
