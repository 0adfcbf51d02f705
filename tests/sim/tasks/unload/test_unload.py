"""Bins that take the ball, and balls that went elsewhere."""

import math
from dataclasses import replace

import numpy as np
import pytest

from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.unload.unload_scene import RIM, UnloadGoal
from tests.sim.tasks.obedient_robot import episode


def test_a_ball_in_another_bin_or_on_the_floor_is_a_failure() -> None:
    scene = task("unload").sample(SceneRequest(4, 3))
    assert isinstance(scene.goal, UnloadGoal)
    other = next(p for i, p in enumerate(scene.objects) if i != scene.goal.bin)
    wrong = episode(scene, lambda w: replace(w, ball_w=np.array([other.x, other.y, 0.05])))
    assert wrong.reason == "wrong_bin" and not wrong.quard
    x, y, _ = scene.start
    lost = episode(scene, lambda w: replace(w, ball_w=np.array([x, y, 0.04])))
    assert lost.reason == "lost"


def test_bins_are_low_enough_for_the_ball_and_the_robot() -> None:
    for level in (1, 2, 3):
        bins = task("unload").sample(SceneRequest(7, level)).objects
        tops = [s.pos[2] + s.size[2] for p in bins for s in p.geoms]
        assert max(tops) == pytest.approx(RIM) and max(tops) <= 0.12
        assert all(math.dist((a.x, a.y), (b.x, b.y)) > 1.3 for a in bins for b in bins if a != b)
