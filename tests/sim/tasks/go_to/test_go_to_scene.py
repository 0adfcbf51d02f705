import colorsys
import itertools
import math

import pytest

from canter.control.errors import SceneError
from canter.control.vocab import COLOURS, HELD_OUT_PAIRS, SHAPES, Target
from canter.sim.scenes.placement import (
    OBJECT_HALF,
    SIGHT_MARGIN,
    SPACING,
    START_CLEARANCE,
    segment_distance,
)
from canter.sim.scenes.shades import HELD_OUT_SHADES, TRAINING_SHADES, Shade
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.tasks.go_to.go_to_scene import SPLITS, Scene, sample_scene

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
    assert scene.target_index is not None
    return scene.objects[scene.target_index]


@pytest.mark.parametrize("split", SPLITS)
def test_same_seed_same_scene_and_another_seed_another(split: str) -> None:
    assert sample_scene(7, split) == sample_scene(7, split)
    assert sample_scene(7, split) != sample_scene(8, split)


@pytest.mark.parametrize("split", SPLITS)
def test_exactly_one_object_is_meant_and_the_robot_can_reach_it(split: str) -> None:
    for seed in SEEDS:
        scene = sample_scene(seed, split)
        assert 3 <= len(scene.objects) <= 6
        assert len(scene.matching) == 1
        goal = target_of(scene)
        x, y, _ = scene.start
        for thing in scene.objects:
            assert nearest_surface_distance(thing, x, y) >= START_CLEARANCE
            assert max(abs(thing.x), abs(thing.y)) <= OBJECT_HALF
            if thing is not goal:
                sight = segment_distance((x, y), (goal.x, goal.y), (thing.x, thing.y))
                assert sight >= thing.radius + SIGHT_MARGIN
        for one, other in itertools.combinations(scene.objects, 2):
            assert math.hypot(one.x - other.x, one.y - other.y) >= SPACING


def test_training_scenes_hold_no_pair_and_no_shade_that_is_held_out() -> None:
    for seed in SEEDS:
        for thing in sample_scene(seed).objects:
            assert (thing.colour, thing.shape) not in HELD_OUT_PAIRS
            assert in_shade(TRAINING_SHADES[thing.colour], thing)


def test_unseen_objects_are_held_out_pairs_or_shades_as_recorded() -> None:
    counts = dict.fromkeys(("none", "pair", "shade"), 0)
    for seed in SEEDS:
        scene = sample_scene(seed, "unseen_object")
        goal = target_of(scene)
        counts[scene.novelty] += 1
        is_pair = (goal.colour, goal.shape) in HELD_OUT_PAIRS
        assert is_pair == (scene.novelty == "pair")
        shades = HELD_OUT_SHADES if scene.novelty == "shade" else TRAINING_SHADES
        assert in_shade(shades[goal.colour], goal)
    assert counts["none"] == 0
    assert min(counts["pair"], counts["shade"]) > len(SEEDS) / 4


def test_shades_of_different_colours_and_held_out_shades_never_meet() -> None:
    def apart(one: Shade, other: Shade) -> bool:
        ranges = [(one.saturation, other.saturation), (one.value, other.value)]
        if one.saturation[1] > 0.31 and other.saturation[1] > 0.31:
            ranges.append((one.hue, other.hue))
        return any(a[1] < b[0] or b[1] < a[0] for a, b in ranges)

    for first, second in itertools.combinations(COLOURS, 2):
        for one, other in itertools.product((TRAINING_SHADES, HELD_OUT_SHADES), repeat=2):
            assert apart(one[first], other[second]), (first, second)
    for colour in COLOURS:
        assert apart(TRAINING_SHADES[colour], HELD_OUT_SHADES[colour]), colour


def test_most_scenes_need_both_words() -> None:
    both = 0
    for seed in SEEDS:
        scene = sample_scene(seed)
        goal = target_of(scene)
        others = [o for o in scene.objects if o is not goal]
        both += any(o.colour == goal.colour for o in others) and any(
            o.shape == goal.shape for o in others
        )
    assert both > len(SEEDS) / 2


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("colour,shape", [("red", "cone"), ("blue", None), (None, "pole")])
def test_a_named_target_is_there_once(split: str, colour: str | None, shape: str | None) -> None:
    target = Target(colour, shape)
    for seed in range(10):
        scene = sample_scene(seed, split, target)
        assert scene.target == target
        assert len(scene.matching) == 1


def test_all_shapes_and_colours_occur() -> None:
    names = {(o.colour, o.shape) for seed in SEEDS for o in sample_scene(seed).objects}
    assert {colour for colour, _ in names} == set(COLOURS)
    assert {shape for _, shape in names} == set(SHAPES)


def test_wrong_split_and_seed_are_named() -> None:
    with pytest.raises(SceneError, match=r"'unsen'.*seen, unseen_instruction"):
        sample_scene(0, "unsen")
    with pytest.raises(SceneError, match="-3"):
        sample_scene(-3)
    with pytest.raises(SceneError, match="pyramid"):
        sample_scene(0, "seen", Target("red", "pyramid"))
