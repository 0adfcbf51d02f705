"""What every task must hold: one conformance test over all of them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.datasets.language.understanding import say
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import LEVELS, SPLITS, Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import about, task_names
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Task
from canter.sim.world_state import WorldState


@pytest.fixture(params=task_names())
def one(request: pytest.FixtureRequest) -> Task:
    return task(request.param)


def at_start(scene: Scene) -> WorldState:
    x, y, yaw = scene.start
    quat = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    place = np.array([x, y, 0.29])
    ball = None
    if scene.ball is not None:
        ball = np.array([*(scene.ball.path.at(0.0) if scene.ball.path else (x, y)), 0.4])
    return WorldState(0.02, scene.start, place, quat, 0.0, False, frozenset(), False, ball)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", SPLITS)
def test_scenes_repeat_fit_their_models_and_can_be_said(one: Task, level: int, split: str) -> None:
    for seed in range(4):
        scene = one.sample(SceneRequest(seed, level, split))
        assert scene == one.sample(SceneRequest(seed, level, split))
        assert (scene.task, scene.level, scene.seed) == (one.name, level, seed)
        assert len(scene.objects) <= one.capacity.objects
        assert all(len(item.geoms) <= one.capacity.geoms for item in scene.objects)
        assert say(one.name, dict(scene.words), np.random.default_rng(seed), split)
    assert one.sample(SceneRequest(0, level, split)) != one.sample(SceneRequest(1, level, split))


def test_instructions_held_out_leave_the_scenes_as_they_are(one: Task) -> None:
    seen, unseen = (
        one.sample(SceneRequest(5, 2, split)) for split in ("seen", "unseen_instruction")
    )
    assert replace(unseen, split=seen.split) == seen


@pytest.mark.parametrize(
    ("level", "seed", "split", "match"),
    [(4, 0, "seen", "level 4"), (1, -1, "seen", "negative"), (1, 0, "train", "unknown split")],
)
def test_what_cannot_be_drawn_is_refused(
    one: Task, level: int, seed: int, split: str, match: str
) -> None:
    with pytest.raises(SceneError, match=match):
        one.sample(SceneRequest(seed, level, split))


def test_a_checker_is_not_content_with_the_start(one: Task) -> None:
    scene = one.sample(SceneRequest(0, 1))
    checker = one.success(scene)
    checker.update(at_start(scene))
    result = checker.result()
    assert not result.strict and result.reason and not checker.done


def test_experts_give_chunks_of_gait_commands(one: Task) -> None:
    scene = one.sample(SceneRequest(0, 3))
    expert = one.expert(scene)
    expert.observe(at_start(scene))
    chunk = expert.plan()
    assert chunk.shape == (10, 12) and chunk.dtype == np.float32 and np.isfinite(chunk).all()


def test_all_models_of_a_task_run_together_and_repeat(one: Task) -> None:
    scenes = [one.sample(SceneRequest(seed, level)) for level in LEVELS for seed in (0, 1)]
    with SceneEnv(scenes) as env:
        worlds = env.world_states()
        assert [w.pose for w in worlds] == [pytest.approx(s.start) for s in scenes]
        assert not any(w.touched or w.fallen for w in worlds)
        assert [w.ball_w is not None for w in worlds] == [s.ball is not None for s in scenes]
        assert env.render(3).shape == (96, 96, 3)
        together = env.render(3)
    with SceneEnv(scenes[3:4]) as env:
        np.testing.assert_array_equal(env.render(0), together)


def test_referents_are_what_the_words_name(one: Task) -> None:
    """A colour, shape or glyph among the words of a scene is that of one of its referents."""
    for seed in range(4):
        scene = one.sample(SceneRequest(seed, 3))
        named = one.referents(scene)
        known = {item.colour for item in scene.objects} | {item.kind for item in scene.objects}
        words = {word for word in dict(scene.words).values() if word in known}
        objects = [scene.objects[i] for referent in named for i in referent.objects]
        told = {item.colour for item in objects} | {item.kind for item in objects}
        if all(referent.objects for referent in named):
            assert words <= told
        assert bool(named) == (one.name != "move")


def test_what_it_asks_for_is_told_before_it_is_imported(one: Task) -> None:
    assert about(one.name) and not about(one.name).endswith(".")
    assert one.summary.endswith(".") and one.time_limit_s > 0
