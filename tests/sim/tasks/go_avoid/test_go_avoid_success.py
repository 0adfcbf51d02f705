"""What the checker of go_avoid lets pass."""

from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.go_avoid import TASK
from canter.sim.tasks.go_avoid.go_avoid_scene import goal_of
from tests.sim.tasks.told_checker import PERIOD, Told, before


def round_thing(scene: Scene, shape: str) -> bool:
    return dict(scene.words)["shape"] == shape


def avoid_scene() -> Scene:
    scenes = (TASK.sample(SceneRequest(seed, 1)) for seed in range(99))
    return next(scene for scene in scenes if round_thing(scene, "ball"))


def test_go_avoid_wants_a_stop_without_a_touch() -> None:
    scene = avoid_scene()
    pose = before(goal_of(scene).thing)
    clean = Told(TASK.success(scene)).stay(pose, 0.9)
    assert (clean.reason, clean.checker.done) == ("timeout", False)
    clean.stay(pose, 0.2)
    assert (clean.reason, clean.checker.done) == ("", True)
    bumped = Told(TASK.success(scene)).stay(scene.start, PERIOD, touched=True)
    assert (bumped.reason, bumped.checker.done) == ("touched", False)  # quard may still be reached
    result = bumped.stay(pose, 1.2).checker.result()
    assert (result.reason, result.quard, bumped.checker.done) == ("touched", True, True)
    walking = Told(TASK.success(scene)).stay(pose, 2.0, speed=0.2)
    assert walking.reason == "timeout"
