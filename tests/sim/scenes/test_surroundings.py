"""Floor, walls and light of a scene, as its model has them."""

import math
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from canter.sim.rendering.appearance import BACKDROPS, FLOOR_MATERIALS, Appearance
from canter.sim.rendering.materials import WALLS
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.surroundings import WALL_DISTANCE
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from tests.sim.scene_models import model_of, scene_of


def room(appearance: Appearance) -> tuple[mujoco.MjModel, mujoco.MjData]:
    model = model_of(replace(scene_of(), appearance=appearance))
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    return model, data


def material(model: mujoco.MjModel, geom: str) -> str:
    return str(model.material(model.geom(geom).matid.item()).name)


@pytest.mark.parametrize("wall", range(len(WALLS)))
def test_four_walls_stand_round_the_floor_and_look_at_its_middle(wall: int) -> None:
    heights = (1.0, 1.5, 2.0, 2.5)
    colours = tuple((0.1 * k, 0.2, 0.3) for k in range(BACKDROPS))
    model, data = room(
        Appearance(wall_material=wall, backdrop_height=heights, backdrop_rgb=colours)
    )
    for side in range(BACKDROPS):
        name, angle = f"backdrop_{side}", side * math.tau / 4
        outward = np.array([math.cos(angle), math.sin(angle), 0.0])
        at = data.geom(name).xpos
        np.testing.assert_allclose(at[:2], WALL_DISTANCE * outward[:2], atol=1e-9)
        turn, half = data.geom(name).xmat.reshape(3, 3), model.geom(name).size
        np.testing.assert_allclose(np.abs(turn[:, 2] @ outward), 1.0)  # the face with the texture
        reach = np.abs(turn) @ half
        assert at[2] - reach[2] == pytest.approx(0.0, abs=1e-9)
        assert at[2] + reach[2] == pytest.approx(heights[side])
        assert material(model, name) == WALLS[wall]
        np.testing.assert_allclose(model.geom(name).rgba, [*colours[side], 1.0], atol=1e-6)


@pytest.mark.parametrize("floor", range(len(FLOOR_MATERIALS)))
def test_the_floor_has_its_material_and_its_tint(floor: int) -> None:
    model, _ = room(Appearance(floor_material=floor, floor_rgb=(0.2, 0.3, 0.4)))
    assert material(model, "floor") == FLOOR_MATERIALS[floor]
    np.testing.assert_allclose(model.geom("floor").rgba, [0.2, 0.3, 0.4, 1.0], atol=1e-6)


def test_nothing_touches_what_is_only_there_to_be_seen() -> None:
    model, _ = room(Appearance())
    for name in ("ground", *(f"backdrop_{side}" for side in range(BACKDROPS))):
        geom = model.geom(name)
        assert geom.contype.item() == geom.conaffinity.item() == 0


def test_light_travels_as_the_scene_says() -> None:
    down = (0.6, 0.0, -0.8)
    model, data = room(Appearance(light_direction=down, ambient=0.3, headlight=0.1, diffuse=0.6))
    mujoco.mj_camlight(model, data)
    np.testing.assert_allclose(data.light("sun").xdir, down, atol=1e-9)
    assert model.vis.headlight.ambient == pytest.approx(0.3)
    assert model.vis.headlight.diffuse == pytest.approx(0.1)
    assert model.light("sun").diffuse == pytest.approx(0.6)


@pytest.mark.parametrize("name", task_names())
def test_drawn_scenes_of_every_task_have_several_walls(name: str) -> None:
    drawn = {task(name).sample(SceneRequest(k, 2)).appearance.wall_material for k in range(12)}
    assert len(drawn) >= 3
