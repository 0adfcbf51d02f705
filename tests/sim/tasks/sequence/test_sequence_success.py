"""What the checker of sequence lets pass."""

import pytest

from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shapes import Thing
from canter.sim.tasks.sequence import TASK
from canter.sim.tasks.sequence.sequence_scene import goal_of
from tests.sim.tasks.told_checker import Told, before


def tour() -> tuple[Scene, Thing, Thing]:
    for seed in range(200):
        scene = TASK.sample(SceneRequest(seed, 1))
        goal = goal_of(scene)
        things = goal.first.things
        first, second = things[goal.first.matching[0]], things[goal.second.matching[0]]
        if {first.shape, second.shape} <= {"ball", "cylinder", "cone", "pole"}:
            return scene, first, second
    raise AssertionError("no such scene")


@pytest.mark.parametrize(("pause", "strict"), [(0.6, True), (0.2, False)])
def test_sequence_wants_a_pause_before_the_first(pause: float, strict: bool) -> None:
    scene, first, second = tour()
    told = Told(TASK.success(scene)).stay(before(first), pause, speed=0.1)
    told.stay(before(second), 0.9)
    assert not told.checker.result().strict
    told.stay(before(second), 0.3)
    assert told.checker.result().strict is strict


def test_sequence_wants_its_order() -> None:
    scene, first, second = tour()
    turned_round = Told(TASK.success(scene)).stay(before(second), 1.2).stay(before(first), 1.2)
    assert turned_round.reason == "wrong_object"
    right = Told(TASK.success(scene)).stay(before(first), 0.9).stay(before(second), 1.2)
    assert right.reason == "" and right.checker.result().quard
