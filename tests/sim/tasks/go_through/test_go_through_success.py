"""What the checker of go_through lets pass."""

from dataclasses import replace

import numpy as np

from canter.sim.scenes.scene import Scene, to_world
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.go_through import TASK
from canter.sim.tasks.go_through.go_through_scene import goal_of
from tests.sim.tasks.told_checker import PERIOD, Told


def crossing(scene: Scene, gate: int, told: Told) -> Told:
    """Walk through a gate from entrance to exit and stop behind it."""
    item = scene.objects[gate]
    for along in np.arange(-1.0, 1.2, 0.05):
        told.stay((*to_world(item, (float(along), 0.0)), item.yaw), PERIOD, speed=0.7)
    return told.stay((*to_world(item, (1.1, 0.0)), item.yaw), 1.2)


def test_go_through_wants_the_named_gate_and_no_other() -> None:
    scene = TASK.sample(SceneRequest(2, 2))
    named = goal_of(scene).gate
    right = crossing(scene, named, Told(TASK.success(scene)))
    assert right.reason == "" and right.checker.result().quard
    other = (named + 1) % len(scene.objects)
    assert crossing(scene, other, Told(TASK.success(scene))).reason == "wrong_gate"
    both = crossing(scene, other, Told(TASK.success(scene)))
    assert crossing(scene, named, both).reason == "wrong_gate"


def test_go_through_is_not_going_round_nor_back() -> None:
    scene = TASK.sample(SceneRequest(2, 2))
    gate = scene.objects[goal_of(scene).gate]
    behind = (*to_world(gate, (1.1, 0.0)), gate.yaw)
    started_there = replace(scene, start=behind)
    assert Told(TASK.success(started_there)).stay(behind, 1.5).reason == "not_passed"
    back = Told(TASK.success(started_there))
    for along in np.arange(1.2, -1.2, -0.05):
        back.stay((*to_world(gate, (float(along), 0.0)), gate.yaw), PERIOD, speed=0.7)
    assert back.reason == "not_passed"
