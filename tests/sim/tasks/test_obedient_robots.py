"""Tasks with a robot that obeys: experts succeed, checkers see what spoils an episode."""

from dataclasses import replace

import pytest

from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from tests.sim.tasks.obedient_robot import episode


@pytest.mark.parametrize("name", ["crawl", "unload", "follow", "move"])
@pytest.mark.parametrize("level", [1, 2, 3])
def test_experts_of_obedient_robots_succeed(name: str, level: int) -> None:
    for seed in range(6):
        split = "seen" if seed % 2 else "unseen_object"
        result = episode(task(name).sample(SceneRequest(seed, level, split)))
        assert result.strict and result.quard and not result.reason, (seed, result)


@pytest.mark.parametrize("name", ["crawl", "unload", "follow", "move"])
def test_a_touch_or_a_fall_spoils_the_strict_result_alone(name: str) -> None:
    scene = task(name).sample(SceneRequest(3, 1))
    touched = episode(scene, lambda w: replace(w, touched=w.time < 0.1))
    assert (touched.strict, touched.quard, touched.reason) == (False, True, "touched")
    fallen = episode(scene, lambda w: replace(w, fallen=w.time > 1.0))
    assert (fallen.strict, fallen.reason) == (False, "fallen")
