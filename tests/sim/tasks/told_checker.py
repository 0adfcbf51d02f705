"""Judges of go_avoid, go_through and sequence, told of worlds written by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from canter.sim.scenes.placement import Pose
from canter.sim.scenes.scene import Scene, to_world
from canter.sim.scenes.shapes import Thing
from canter.sim.tasks.go_avoid import GO_AVOID
from canter.sim.tasks.go_avoid.go_avoid_scene import goal_of as avoid_goal
from canter.sim.tasks.go_through import GO_THROUGH
from canter.sim.tasks.go_through.go_through_scene import goal_of as through_goal
from canter.sim.tasks.sequence import SEQUENCE
from canter.sim.tasks.sequence.sequence_scene import goal_of as sequence_goal
from canter.sim.tasks.task import Judge
from canter.sim.world_state import WorldState

PERIOD = 0.02


class Told:
    """A judge that is told of poses, one control step after another."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.time = 0.0

    def stay(
        self, pose: Pose, seconds: float, *, speed: float = 0.0, touched: bool = False
    ) -> "Told":
        for _ in range(round(seconds / PERIOD)):
            self.time += PERIOD
            place, quat = np.array([pose[0], pose[1], 0.29]), np.array([1.0, 0.0, 0.0, 0.0])
            objects = frozenset({0}) if touched else frozenset()
            self.judge.update(
                WorldState(self.time, pose, place, quat, speed, touched, objects, fallen=False)
            )
        return self

    @property
    def reason(self) -> str:
        verdict = self.judge.verdict()
        assert verdict.strict is (verdict.reason == "")
        return verdict.reason


def before(thing: Thing, direction: float = 0.3) -> Pose:
    """Return a pose 0.5 m before a thing, facing it."""
    far = thing.size[0] / 2 + 0.5
    x, y = thing.x - far * math.cos(direction), thing.y - far * math.sin(direction)
    return x, y, direction


def round_thing(scene: Scene, shape: str) -> bool:
    return dict(scene.words)["shape"] == shape


def avoid_scene() -> Scene:
    scenes = (GO_AVOID.sample(seed, 1) for seed in range(99))
    return next(scene for scene in scenes if round_thing(scene, "ball"))


def test_go_avoid_wants_a_stop_without_a_touch() -> None:
    scene = avoid_scene()
    pose = before(avoid_goal(scene).thing)
    clean = Told(GO_AVOID.judge(scene)).stay(pose, 0.9)
    assert (clean.reason, clean.judge.done) == ("timeout", False)
    clean.stay(pose, 0.2)
    assert (clean.reason, clean.judge.done) == ("", True)
    bumped = Told(GO_AVOID.judge(scene)).stay(scene.start, PERIOD, touched=True)
    assert (bumped.reason, bumped.judge.done) == ("touched", False)  # quard may still be reached
    verdict = bumped.stay(pose, 1.2).judge.verdict()
    assert (verdict.reason, verdict.quard, bumped.judge.done) == ("touched", True, True)
    walking = Told(GO_AVOID.judge(scene)).stay(pose, 2.0, speed=0.2)
    assert walking.reason == "timeout"


def crossing(scene: Scene, gate: int, told: Told) -> Told:
    """Walk through a gate from entrance to exit and stop behind it."""
    item = scene.objects[gate]
    for along in np.arange(-1.0, 1.2, 0.05):
        told.stay((*to_world(item, (float(along), 0.0)), item.yaw), PERIOD, speed=0.7)
    return told.stay((*to_world(item, (1.1, 0.0)), item.yaw), 1.2)


def test_go_through_wants_the_named_gate_and_no_other() -> None:
    scene = GO_THROUGH.sample(2, 2)
    named = through_goal(scene).gate
    right = crossing(scene, named, Told(GO_THROUGH.judge(scene)))
    assert right.reason == "" and right.judge.verdict().quard
    other = (named + 1) % len(scene.objects)
    assert crossing(scene, other, Told(GO_THROUGH.judge(scene))).reason == "wrong_gate"
    both = crossing(scene, other, Told(GO_THROUGH.judge(scene)))
    assert crossing(scene, named, both).reason == "wrong_gate"


def test_go_through_is_not_going_round_nor_back() -> None:
    scene = GO_THROUGH.sample(2, 2)
    gate = scene.objects[through_goal(scene).gate]
    behind = (*to_world(gate, (1.1, 0.0)), gate.yaw)
    started_there = replace(scene, start=behind)
    assert Told(GO_THROUGH.judge(started_there)).stay(behind, 1.5).reason == "not_passed"
    back = Told(GO_THROUGH.judge(started_there))
    for along in np.arange(1.2, -1.2, -0.05):
        back.stay((*to_world(gate, (float(along), 0.0)), gate.yaw), PERIOD, speed=0.7)
    assert back.reason == "not_passed"


def tour() -> tuple[Scene, Thing, Thing]:
    for seed in range(200):
        scene = SEQUENCE.sample(seed, 1)
        goal = sequence_goal(scene)
        things = goal.first.objects
        first, second = things[goal.first.matching[0]], things[goal.second.matching[0]]
        if {first.shape, second.shape} <= {"ball", "cylinder", "cone", "pole"}:
            return scene, first, second
    raise AssertionError("no such scene")


@pytest.mark.parametrize(("pause", "strict"), [(0.6, True), (0.2, False)])
def test_sequence_wants_a_pause_before_the_first(pause: float, strict: bool) -> None:
    scene, first, second = tour()
    told = Told(SEQUENCE.judge(scene)).stay(before(first), pause, speed=0.1)
    told.stay(before(second), 0.9)
    assert not told.judge.verdict().strict
    told.stay(before(second), 0.3)
    assert told.judge.verdict().strict is strict


def test_sequence_wants_its_order() -> None:
    scene, first, second = tour()
    turned_round = Told(SEQUENCE.judge(scene)).stay(before(second), 1.2).stay(before(first), 1.2)
    assert turned_round.reason == "wrong_object"
    right = Told(SEQUENCE.judge(scene)).stay(before(first), 0.9).stay(before(second), 1.2)
    assert right.reason == "" and right.judge.verdict().quard
