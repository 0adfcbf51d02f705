"""What every family must hold: one conformance test over all of them."""

import math

import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.control.vocab import WIDE_COLOURS, WIDE_SHAPES
from canter.datasets.language.understanding import say
from canter.sim.families.arena import FamilyArena
from canter.sim.families.family import Family
from canter.sim.families.moment import Moment
from canter.sim.families.registry import FAMILIES, family
from canter.sim.families.scene import LEVELS, FamilyScene
from canter.sim.scene import SPLITS

ALL = sorted(FAMILIES)


@pytest.fixture(params=ALL)
def one(request: pytest.FixtureRequest) -> Family:
    return family(request.param)


def at_start(scene: FamilyScene) -> Moment:
    x, y, yaw = scene.start
    quat = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    place = np.array([x, y, 0.29])
    ball = None
    if scene.ball is not None:
        ball = np.array([*(scene.ball.path.at(0.0) if scene.ball.path else (x, y)), 0.4])
    return Moment(0.02, scene.start, place, quat, 0.0, False, frozenset(), False, ball)


def test_the_vocabulary_is_wide() -> None:
    assert len(WIDE_SHAPES) >= 12 and len(WIDE_COLOURS) == 10


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", SPLITS)
def test_scenes_repeat_fit_their_slots_and_can_be_said(one: Family, level: int, split: str) -> None:
    for seed in range(4):
        scene = one.sample(seed, level, split)
        assert scene == one.sample(seed, level, split)
        assert (scene.family, scene.level, scene.seed) == (one.name, level, seed)
        assert len(scene.props) <= one.slots.props
        assert all(len(prop.solids) <= one.slots.solids for prop in scene.props)
        assert say(one.name, dict(scene.words), np.random.default_rng(seed), split)
    assert one.sample(0, level, split) != one.sample(1, level, split)


def test_instructions_held_out_leave_the_scenes_as_they_are(one: Family) -> None:
    seen, unseen = (one.sample(5, 2, split) for split in ("seen", "unseen_instruction"))
    assert (seen.props, seen.start, seen.look) == (unseen.props, unseen.start, unseen.look)


@pytest.mark.parametrize(
    ("level", "seed", "split", "match"),
    [(4, 0, "seen", "level 4"), (1, -1, "seen", "negative"), (1, 0, "train", "unknown split")],
)
def test_what_cannot_be_drawn_is_refused(
    one: Family, level: int, seed: int, split: str, match: str
) -> None:
    with pytest.raises(SceneError, match=match):
        one.sample(seed, level, split)


def test_a_judge_is_not_content_with_the_start(one: Family) -> None:
    scene = one.sample(0, 1)
    judge = one.judge(scene)
    judge.update(at_start(scene))
    verdict = judge.verdict()
    assert not verdict.strict and verdict.reason and not judge.done


def test_experts_give_chunks_of_gait_commands(one: Family) -> None:
    scene = one.sample(0, 3)
    expert = one.expert(scene)
    expert.observe(at_start(scene))
    chunk = expert.plan()
    assert chunk.shape == (10, 12) and chunk.dtype == np.float32 and np.isfinite(chunk).all()


def test_all_models_of_a_family_run_together_and_repeat(one: Family) -> None:
    scenes = [one.sample(seed, level) for level in LEVELS for seed in (0, 1)]
    with FamilyArena(scenes) as arena:
        moments = arena.moments()
        assert [m.pose for m in moments] == [pytest.approx(s.start) for s in scenes]
        assert not any(m.touched or m.fallen for m in moments)
        assert [m.ball_w is not None for m in moments] == [s.ball is not None for s in scenes]
        assert arena.render(3).shape == (96, 96, 3)
        together = arena.render(3)
    with FamilyArena(scenes[3:4]) as arena:
        np.testing.assert_array_equal(arena.render(0), together)


def test_the_registry_helps_with_names() -> None:
    with pytest.raises(SceneError, match="did you mean 'distinguish'"):
        family("distinguis")
    with pytest.raises(SceneError, match="choose one of"):
        family("xyzzy")
    for name in ALL:
        assert family(name).name == name


def test_an_arena_takes_one_family() -> None:
    with pytest.raises(SceneError, match="one family"):
        FamilyArena([family("go_to").sample(0, 1), family("go_through").sample(0, 1)])
