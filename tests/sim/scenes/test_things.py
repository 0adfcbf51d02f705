"""What the things of scenes are drawn from."""

import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.control.vocab import WIDE_COLOURS, WIDE_HELD_OUT_PAIRS, WIDE_SHAPES
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.things import as_object, draw_thing, pairs, pairs_asked


def test_the_vocabulary_is_wide() -> None:
    assert len(WIDE_SHAPES) >= 12 and len(WIDE_COLOURS) == 10


def test_training_and_held_out_pairs_part_all_there_are() -> None:
    seen, new = set(pairs("none")), set(pairs("pair"))
    assert not seen & new and new == WIDE_HELD_OUT_PAIRS
    assert seen | new == {(colour, shape) for colour in WIDE_COLOURS for shape in WIDE_SHAPES}


@pytest.mark.parametrize(
    ("words", "count"),
    [({}, 2), ({"colour": "red"}, 1), ({"shape": "ball"}, 2), ({"colour": "pink"}, 14)],
)
def test_what_is_asked_for_is_taken_from_what_is_known_or_else_from_all(
    words: dict[str, str], count: int
) -> None:
    known = [("red", "ball"), ("blue", "ball")]
    found = pairs_asked(SceneRequest(0, words=words), known)
    assert len(found) == count
    assert all(words.get("colour", c) == c and words.get("shape", s) == s for c, s in found)


def test_what_nothing_has_is_refused_with_the_choices() -> None:
    with pytest.raises(SceneError, match=r"the colour 'mauve'; choose one of red, orange"):
        pairs_asked(SceneRequest(0, words={"colour": "mauve"}), pairs("none"))
    with pytest.raises(SceneError, match=r"the shape2 'prism'; choose one of ball, cube"):
        pairs_asked(SceneRequest(0, words={"shape2": "prism"}), [], "colour2", "shape2")


@pytest.mark.parametrize("shape", WIDE_SHAPES)
def test_a_thing_as_an_object_keeps_its_names_and_its_shade(shape: str) -> None:
    thing = draw_thing(np.random.default_rng(1), ("green", shape))
    item = as_object(thing, "target")
    assert (item.name, item.colour, item.kind) == (f"green {shape}", "green", shape)
    assert {geom.rgb for geom in item.geoms} == {thing.rgb}
    assert all(geom.touchable for geom in item.geoms)
