import colorsys
import itertools
import math

import pytest

from canter.control.errors import SceneError
from canter.control.vocab import COLOURS, HELD_OUT_PAIRS, SHAPES
from canter.sim.scenes.placement import (
    OBJECT_HALF,
    SIGHT_MARGIN,
    SPACING,
    START_CLEARANCE,
    segment_distance,
)
from canter.sim.scenes.scene import SPLITS, Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import HELD_OUT_SHADES, TRAINING_SHADES, Shade
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.tasks.go_to.go_to_scene import goal_of
from canter.sim.tasks.registry import task
from tests.sim.scene_models import drawn, things_of

SEEDS = range(60)


def in_shade(shade: Shade, thing: Thing) -> bool:
    hue, saturation, value = colorsys.rgb_to_hsv(*thing.rgb)
    slack = 1e-9
    low, high = shade.hue
    near = any(low - 1e-6 <= 360 * hue + k <= high + 1e-6 for k in (-360, 0, 360))
    return (
        (near or saturation < 0.05)
        and shade.saturation[0] - slack <= saturation <= shade.saturation[1] + slack
        and shade.value[0] - slack <= value <= shade.value[1] + slack
    )


def target_of(scene: Scene) -> Thing:
    (index,) = goal_of(scene).matching
    return things_of(scene)[index]


@pytest.mark.parametrize("split", SPLITS)
def test_same_seed_same_scene_and_another_seed_another(split: str) -> None:
    assert drawn(7, split) == drawn(7, split)
    assert drawn(7, split) != drawn(8, split)


@pytest.mark.parametrize("split", SPLITS)
def test_exactly_one_object_is_meant_and_the_robot_can_reach_it(split: str) -> None:
    for seed in SEEDS:
        scene = drawn(seed, split)
        assert 3 <= len(things_of(scene)) == len(scene.objects) <= 6
        assert len(goal_of(scene).matching) == 1
        goal = target_of(scene)
        x, y, _ = scene.start
        for thing in things_of(scene):
            assert nearest_surface_distance(thing, x, y) >= START_CLEARANCE
            assert max(abs(thing.x), abs(thing.y)) <= OBJECT_HALF
            if thing is not goal:
                sight = segment_distance((x, y), (goal.x, goal.y), (thing.x, thing.y))
                assert sight >= thing.radius + SIGHT_MARGIN
        for one, other in itertools.combinations(things_of(scene), 2):
            assert math.hypot(one.x - other.x, one.y - other.y) >= SPACING


def test_training_scenes_hold_no_pair_and_no_shade_that_is_held_out() -> None:
    for seed in SEEDS:
        for thing in things_of(drawn(seed)):
            assert (thing.colour, thing.shape) not in HELD_OUT_PAIRS
            assert in_shade(TRAINING_SHADES[thing.colour], thing)


def test_unseen_objects_are_held_out_pairs_or_shades_as_recorded() -> None:
    counts = dict.fromkeys(("none", "pair", "shade"), 0)
    for seed in SEEDS:
        scene = drawn(seed, "unseen_object")
        goal = target_of(scene)
        counts[scene.novelty] += 1
        is_pair = (goal.colour, goal.shape) in HELD_OUT_PAIRS
        assert is_pair == (scene.novelty == "pair")
        shades = HELD_OUT_SHADES if scene.novelty == "shade" else TRAINING_SHADES
        assert in_shade(shades[goal.colour], goal)
    assert counts["none"] == 0
    assert min(counts["pair"], counts["shade"]) > len(SEEDS) / 4


def test_most_scenes_need_both_words() -> None:
    both = 0
    for seed in SEEDS:
        scene = drawn(seed)
        goal = target_of(scene)
        others = [o for o in things_of(scene) if o is not goal]
        both += any(o.colour == goal.colour for o in others) and any(
            o.shape == goal.shape for o in others
        )
    assert both > len(SEEDS) / 2


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("colour,shape", [("red", "cone"), ("blue", None), (None, "pole")])
def test_a_named_target_is_there_once(split: str, colour: str | None, shape: str | None) -> None:
    named = {"colour": colour, "shape": shape}
    words = {key: word for key, word in named.items() if word}
    for seed in range(10):
        scene = drawn(seed, split, words)
        target = goal_of(scene).target
        assert (target.colour, target.shape) == (colour, shape)
        assert dict(scene.words) == {key: word or "" for key, word in named.items()}
        assert len(goal_of(scene).matching) == 1


def test_all_shapes_and_colours_occur() -> None:
    names = {(o.colour, o.shape) for seed in SEEDS for o in things_of(drawn(seed))}
    assert {colour for colour, _ in names} == set(COLOURS)
    assert {shape for _, shape in names} == set(SHAPES)


def test_wrong_split_and_seed_are_named() -> None:
    with pytest.raises(SceneError, match=r"'unsen'.*seen, unseen_instruction"):
        task("go_to").sample(SceneRequest(0, 2, "unsen"))
    with pytest.raises(SceneError, match="-3"):
        task("go_to").sample(SceneRequest(-3))
    with pytest.raises(SceneError, match=r"'prism'; choose one of ball, cube"):
        drawn(0, "seen", {"colour": "red", "shape": "prism"})
