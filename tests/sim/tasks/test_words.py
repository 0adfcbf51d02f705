"""Whatever words name, the scene of any seed and level holds it."""

from collections.abc import Mapping

import pytest

from canter.control.errors import SceneError
from canter.control.vocab import GLYPHS, HELD_OUT_GLYPHS, WIDE_COLOURS, WIDE_SHAPES
from canter.sim.scenes.scene import LEVELS, SPLITS, Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task

SEEDS = range(6)
Words = Mapping[str, str]

ASKED: dict[str, tuple[Words, ...]] = {
    "go_to": (
        {"colour": "red", "shape": "ball"},
        {"colour": "red", "shape": "cone"},
        {"colour": "pink"},
        {"shape": "snowman"},
        {"shape": "pole"},
    ),
    "go_avoid": (
        {"colour": "blue", "shape": "cube"},
        {"colour": "brown", "shape": "ball"},
        {"colour": "white"},
        {"shape": "chair"},
    ),
    "go_through": (
        {"colour": "red"},
        {"colour": "purple", "kind": "tunnel"},
        {"kind": "gate"},
        {"colour": "black", "kind": "gate"},
    ),
    "crawl": (
        {"bar": "green"},
        {"bar": "pink", "colour": "red", "shape": "ball"},
        {"colour": "yellow", "shape": "table"},
        {"colour": "orange"},
        {"shape": "arch"},
    ),
    "unload": ({"colour": "red"}, {"colour": "purple"}, {"colour": "brown"}),
    "follow": ({"colour": "red"}, {"colour": "pink"}, {"colour": "white"}),
    "distinguish": tuple({"glyph": glyph} for glyph in ("A", "8", min(HELD_OUT_GLYPHS))),
    "sequence": (
        {"colour": "red", "shape": "ball", "colour2": "blue", "shape2": "cube"},
        {"colour": "red", "shape": "cone", "colour2": "red", "shape2": "ball"},
        {"colour": "pink", "shape2": "table"},
        {"colour2": "black"},
    ),
    "move": (
        {"do0": "walk", "way0": "forward", "amount0": "two"},
        {"do0": "turn", "way0": "left", "amount0": "90", "do1": "walk", "way1": "back"},
        {"do0": "pose", "way0": "low"},
        {"do0": "walk", "way0": "back", "amount0": "one", "pace0": "slowly", "posture0": "high"},
    ),
}
CASES = [(name, words) for name, asked in ASKED.items() for words in asked]


def test_a_walk_that_no_leg_begins_is_refused() -> None:
    with pytest.raises(SceneError, match="no scene of move has the way3 'left'; its words are do0"):
        task("move").sample(SceneRequest(0, words={"way3": "left"}))


@pytest.mark.parametrize("name", task_names())
def test_empty_words_are_left_to_the_draw(name: str) -> None:
    for seed in range(3):
        plain = task(name).sample(SceneRequest(seed, 2))
        words = dict.fromkeys(dict(plain.words), "")
        assert task(name).sample(SceneRequest(seed, 2, words=words)) == plain


def named_things(scene: Scene) -> list[list[int]]:
    """Return for each referent all objects that a person might mean by its words."""
    found: list[list[int]] = []
    for referent in task(scene.task).referents(scene):
        meant = [scene.objects[i] for i in referent.objects]
        alike = {(item.role in ("gate", "bar", "bin", "board"), item.name) for item in meant}
        found.append(
            [
                i
                for i, item in enumerate(scene.objects)
                if (item.role in ("gate", "bar", "bin", "board"), item.name) in alike
            ]
        )
    return found


def test_every_task_is_asked() -> None:
    assert set(ASKED) == set(task_names())


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("name", "words"), CASES)
def test_the_scene_holds_what_is_named(name: str, words: Words, level: int) -> None:
    one = task(name)
    for seed in SEEDS:
        scene = one.sample(SceneRequest(seed, level, words=words))
        said = dict(scene.words)
        assert {key: said.get(key) for key in words} == dict(words), seed
        assert scene == one.sample(SceneRequest(seed, level, words=words))
        things, meant = named_things(scene), one.referents(scene)
        if name == "follow":
            assert all(item.colour != said["colour"] for item in scene.objects)
        else:
            assert [len(alike) for alike in things] == [1] * len(meant), seed
            assert all(len(referent.objects) == 1 for referent in meant)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("name", task_names())
def test_words_of_a_drawn_scene_name_a_scene_that_says_the_same(name: str, split: str) -> None:
    for seed in SEEDS:
        words = task(name).sample(SceneRequest(seed, 3, split)).words
        again = task(name).sample(SceneRequest(seed + 100, 2, split, dict(words)))
        assert again.words == words, seed


@pytest.mark.parametrize("colour", WIDE_COLOURS)
def test_each_colour_can_be_asked_for_wherever_there_are_colours(colour: str) -> None:
    for name in ("go_to", "go_avoid", "go_through", "unload", "follow", "sequence", "crawl"):
        for split in ("seen", "unseen_object"):
            scene = task(name).sample(SceneRequest(1, 3, split, {"colour": colour}))
            assert dict(scene.words)["colour"] == colour, (name, split)
    bar = task("crawl").sample(SceneRequest(1, 3, words={"bar": colour}))
    assert dict(bar.words)["bar"] == colour


@pytest.mark.parametrize("shape", WIDE_SHAPES)
def test_each_shape_can_be_asked_for_wherever_there_are_shapes(shape: str) -> None:
    for name in ("go_to", "go_avoid", "sequence", "crawl"):
        for level in LEVELS:
            scene = task(name).sample(SceneRequest(2, level, words={"shape": shape}))
            assert dict(scene.words)["shape"] == shape, (name, level)


@pytest.mark.parametrize("glyph", GLYPHS)
def test_each_glyph_can_be_asked_for(glyph: str) -> None:
    scene = task("distinguish").sample(SceneRequest(2, 3, words={"glyph": glyph}))
    assert [item.kind for item in scene.objects].count(glyph) == 1


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("go_to", {"colour": "mauve"}, r"'mauve'; choose one of red, orange"),
        ("go_to", {"shape": "prism"}, r"'prism'; choose one of ball, cube"),
        ("go_avoid", {"shape": "prism"}, r"'prism'; choose one of ball, cube"),
        ("go_through", {"colour": "mauve"}, r"'mauve'; choose one of red, orange"),
        ("go_through", {"kind": "door"}, r"'door'; choose one of gate, tunnel"),
        ("crawl", {"bar": "mauve"}, r"the bar 'mauve'; choose one of red, orange"),
        ("crawl", {"shape": "prism"}, r"'prism'; choose one of ball, cube"),
        ("crawl", {"colour": "mauve"}, r"'mauve'; choose one of red, orange"),
        ("unload", {"colour": "mauve"}, r"'mauve'; choose one of red, orange"),
        ("follow", {"colour": "mauve"}, r"'mauve'; choose one of red, orange"),
        ("distinguish", {"glyph": "é"}, r"the glyph 'é'; choose one of "),
        ("sequence", {"shape2": "prism"}, r"'prism'; choose one of ball, cube"),
        ("move", {"do0": "fly"}, r"a body can walk, turn or pose, not 'fly'"),
    ],
)
def test_words_that_no_scene_can_hold_are_refused(name: str, words: Words, message: str) -> None:
    for level in LEVELS:
        with pytest.raises(SceneError, match=message):
            task(name).sample(SceneRequest(0, level, words=words))


def test_one_thing_is_not_gone_to_twice() -> None:
    ball = {"colour": "red", "shape": "ball"}
    words = ball | {f"{key}2": word for key, word in ball.items()}
    with pytest.raises(SceneError, match="two things, not to the red ball twice"):
        task("sequence").sample(SceneRequest(0, words=words))


@pytest.mark.parametrize("name", task_names())
def test_a_name_that_the_task_has_no_word_for_is_refused(name: str) -> None:
    with pytest.raises(
        SceneError, match=rf"no scene of {name} has the weather 'fine'; its words are"
    ):
        task(name).sample(SceneRequest(0, words={"weather": "fine"}))
