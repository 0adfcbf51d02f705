"""Bars that a standing robot cannot pass, and what counts as passing under one."""

import math
from dataclasses import replace

import pytest

from canter.control.robot import GO2
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.crawl.crawl_scene import BAR_HALF, COURSES, along_and_across
from canter.sim.tasks.registry import task
from canter.sim.world_state import WorldState
from tests.sim.tasks.obedient_robot import Walker, driven, episode

STANDING_TOP = 0.344


def test_every_bar_is_lower_than_the_standing_robot_and_opens_wide_enough() -> None:
    clearances = [COURSES[level].clearance for level in (1, 2, 3)]
    assert clearances == sorted(clearances, reverse=True)
    assert STANDING_TOP - clearances[0] > 0.03 and STANDING_TOP - clearances[2] >= 0.05
    for level, course in COURSES.items():
        bar = task("crawl").sample(SceneRequest(0, level)).objects[0]
        beam, *posts = bar.geoms
        assert beam.pos[2] - beam.size[2] == pytest.approx(course.clearance)
        assert all(abs(p.pos[1]) - BAR_HALF == pytest.approx(course.opening / 2) for p in posts)


def test_the_expert_is_low_wherever_a_part_of_it_is_under_the_bar() -> None:
    scene = task("crawl").sample(SceneRequest(2, 3))
    heights: list[tuple[float, float]] = []

    def watch(world: WorldState) -> WorldState:
        along, _ = along_and_across(scene, world.pose[:2])
        heights.append((along, float(world.position_w[2]) - GO2.standing_height))
        return world

    assert episode(scene, watch).strict
    assert all(height < -0.09 for along, height in heights if -0.4 < along < 0.3)
    assert heights[-1][1] == 0.0


def test_a_robot_that_stays_low_or_goes_round_has_not_crawled() -> None:
    scene = task("crawl").sample(SceneRequest(1, 1))
    low = episode(scene, lambda w: replace(w, position_w=w.position_w - [0.0, 0.0, 0.07]))
    assert (low.strict, low.reason) == (False, "low")
    far = 2.0
    bar = scene.objects[0]
    aside = (-far * math.sin(bar.yaw), far * math.cos(bar.yaw))
    shifted = replace(
        scene, objects=(replace(bar, x=bar.x + aside[0], y=bar.y + aside[1]), *scene.objects[1:])
    )
    checker = task("crawl").success(shifted)
    result = driven(Walker(scene), task("crawl").expert(scene), checker)
    assert result.reason == "wrong_bar"
