import math
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from canter.control.vocab import SCENE_SHAPES
from canter.sim.scenes.footprints import clearance, footprints
from canter.sim.scenes.mjcf import object_name
from canter.sim.scenes.scene import Geom, SceneObject
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.scenes.things import as_object, draw_thing
from canter.sim.tasks.registry import task
from tests.sim.scene_models import model_of


@pytest.mark.parametrize("shape", SCENE_SHAPES)
def test_outlines_agree_with_the_distances_that_checkers_use(shape: str) -> None:
    """Two independent rules; a mushroom's stem and a snowman's head lie within their outlines."""
    rng = np.random.default_rng(5)
    thing = replace(draw_thing(rng, ("red", shape)), x=0.7, y=-0.4)
    x, y = rng.uniform(-2, 2, (2, 300))
    ours = clearance(footprints([as_object(thing, "target")]), x, y)
    theirs = np.array([nearest_surface_distance(thing, *p) for p in zip(x, y, strict=True)])
    far = theirs > 0.05
    boxed = {"dumbbell": 0.13, "dog": 0.1}  # their outlines are boxes, their ends are narrower
    slack = boxed.get(shape, 1e-6)
    assert np.abs(ours - theirs)[far].max() <= slack


def test_what_is_high_above_the_floor_leaves_it_free() -> None:
    beam = Geom("box", (0.1, 0.8, 0.05), (0.0, 0.0, 0.9), (1, 0, 0))
    assert not footprints([SceneObject("beam", "gate", (beam,), 0, 0, 0)])
    low = replace(beam, pos=(0.0, 0.0, 0.5))
    (one,) = footprints([SceneObject("beam", "bar", (low,), 1.0, 2.0, math.pi / 2)])
    x, y = np.array([1.0, 1.0]), np.array([2.0, 3.0])
    np.testing.assert_allclose(clearance([one], x, y), [0.0, 0.9], atol=1e-12)


@pytest.mark.parametrize("name", ["go_to", "sequence", "go_avoid", "go_through", "distinguish"])
def test_solids_of_the_model_stand_on_the_floor_within_their_outlines(name: str) -> None:
    """The bounding boxes that MuJoCo computes are the oracle."""
    for seed in range(4):
        scene = task(name).sample(SceneRequest(seed, 3))
        model = model_of(scene)
        for i, item in enumerate(scene.objects):
            lowest = math.inf
            for k in range(len(item.geoms)):
                geom = model.geom(f"{object_name(i)}_{k}")
                assert geom.rbound.item() > 0.0
                centre, half = model.geom_aabb[geom.id][:3], model.geom_aabb[geom.id][3:]
                flat = np.zeros(9)
                mujoco.mju_quat2Mat(flat, geom.quat)
                turn = flat.reshape(3, 3)
                low = geom.pos + turn @ centre - np.abs(turn) @ half
                lowest = min(lowest, float(low[2]))
            assert lowest == pytest.approx(0.0, abs=1e-6), item.name
