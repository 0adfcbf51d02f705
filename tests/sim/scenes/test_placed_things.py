"""A thing is found again among the objects of a scene."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from canter.control.vocab import SCENE_SHAPES
from canter.sim.scenes.placed_things import thing_of, things_in
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.things import as_object, draw_thing
from canter.sim.tasks.registry import task


@pytest.mark.parametrize("shape", SCENE_SHAPES)
def test_a_thing_is_the_same_after_being_an_object(shape: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        thing = replace(draw_thing(rng, ("red", shape)), x=1.5, y=-0.25)
        again = thing_of(as_object(thing, "target"))
        assert again.size == pytest.approx(thing.size)
        assert astuple(replace(again, size=thing.size)) == astuple(thing)


def test_bars_are_no_things() -> None:
    scene = task("crawl").sample(SceneRequest(0, level=2))
    assert [scene.objects[i].kind for i in things_in(scene)] == [
        item.kind for item in scene.objects if item.role != "bar"
    ]
