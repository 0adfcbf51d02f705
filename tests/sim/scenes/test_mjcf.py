from dataclasses import replace

import mujoco
import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.control.robot import GO2
from canter.control.vocab import SHAPES
from canter.sim.robots.equip import CAMERA, robot_model_spec
from canter.sim.scenes.mjcf import add_scene, object_name
from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shapes import Thing, natural_size, nearest_surface_distance
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from tests.sim.scene_models import VIEW, drawn, model_of, scene_of, things_of

SIZES = (
    "nq",
    "nv",
    "nu",
    "nbody",
    "ngeom",
    "nbvh",
    "nmesh",
    "nmeshvert",
    "ntex",
    "nmat",
    "nbuffer",
)


def one(shape: str) -> Scene:
    thing = Thing(shape, "red", (0.9, 0.1, 0.1), natural_size(shape, 0.37), 1.0, 0.5, 0.4)
    return scene_of(thing)


@pytest.fixture(scope="module")
def models() -> list[mujoco.MjModel]:
    scenes = [one(shape) for shape in SHAPES] + [drawn(seed) for seed in range(6)]
    return [model_of(scene) for scene in scenes]


def test_all_scenes_have_models_of_equal_sizes(models: list[mujoco.MjModel]) -> None:
    assert len({tuple(getattr(m, size) for size in SIZES) for m in models}) == 1


def test_all_scenes_share_their_assets(models: list[mujoco.MjModel]) -> None:
    first, *others = models
    for model in others:
        np.testing.assert_array_equal(model.tex_data, first.tex_data)
        np.testing.assert_array_equal(model.mesh_vert, first.mesh_vert)
        np.testing.assert_array_equal(model.mat_texid, first.mat_texid)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_solid_is_where_the_outline_says(shape: str) -> None:
    """A probe ball pushed along the floor touches exactly where the closed form says 0."""
    scene = one(shape)
    (thing,) = things_of(scene)
    capacity = task(scene.task).capacity
    spec = mujoco.MjSpec()
    spec.worldbody.add_geom(name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[1, 1, 1])
    add_scene(spec, scene, capacity)
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    geoms = np.flatnonzero(model.geom_bodyid == model.body(object_name(0)).id)
    heights = np.linspace(0.005, thing.size[1] - 0.005, 24)
    rng = np.random.default_rng(3)
    ray_id = np.array([-1], np.int32)
    groups = np.array([0, 1, 0, 0, 0, 0], np.uint8)  # objects alone
    for _ in range(12):
        angle = rng.uniform(-np.pi, np.pi)
        direction = np.array([np.cos(angle), np.sin(angle), 0.0])
        away = np.array([thing.x, thing.y, 0.0]) - 2.0 * direction
        reach = [
            mujoco.mj_ray(model, data, origin, direction, groups, 1, -1, ray_id)
            for origin in away + np.outer(heights, [0.0, 0.0, 1.0])
        ]
        hits = np.array([r for r in reach if r >= 0])
        x, y, _ = away + hits.min() * direction
        assert nearest_surface_distance(thing, x, y) < 0.012
        assert nearest_surface_distance(thing, x - 0.1 * direction[0], y - 0.1 * direction[1]) > 0
    assert geoms.size == capacity.geoms


def test_objects_stand_still_on_the_floor_and_touch_only_the_robot() -> None:
    model = model_of(drawn(2))
    for index in range(task("go_to").capacity.objects):
        body = model.body(object_name(index))
        assert body.dofnum == 0
        geoms = np.flatnonzero(model.geom_bodyid == body.id)
        assert not model.geom_contype[geoms].any()
        assert model.geom_conaffinity[geoms].all()


def test_the_camera_is_mounted_with_the_scenes_error() -> None:
    scene = drawn(4)
    model, plain = model_of(scene), robot_model_spec(GO2).compile()
    jitter = scene.appearance.camera
    moved = model.camera(CAMERA).pos - plain.camera(CAMERA).pos
    np.testing.assert_allclose(moved, jitter.position_b, atol=1e-12)
    wider = model.camera(CAMERA).fovy - plain.camera(CAMERA).fovy
    assert wider == pytest.approx(np.rad2deg(jitter.fovy))


def test_the_camera_has_the_field_of_view_that_was_asked_for() -> None:
    scene = scene_of()
    wide = replace(VIEW, fovy=1.7)
    assert model_of(scene, wide).camera(CAMERA).fovy.item() == pytest.approx(np.rad2deg(1.7))


def test_a_scene_that_needs_more_room_is_refused() -> None:
    scene = drawn(2)
    count, most = len(scene.objects), max(len(item.geoms) for item in scene.objects)
    for room in (SceneCapacity(count - 1, most), SceneCapacity(count, most - 1)):
        with pytest.raises(SceneError, match=f"capacity is {room.objects} of {room.geoms}"):
            add_scene(robot_model_spec(GO2), scene, room)
    spec = robot_model_spec(GO2)
    add_scene(spec, scene, SceneCapacity(count, most))
    assert spec.compile().body(object_name(count - 1)).id > 0


@pytest.mark.parametrize("name", task_names())
def test_models_of_a_task_differ_neither_in_size_nor_in_assets(name: str) -> None:
    scenes = [task(name).sample(SceneRequest(seed, level)) for seed in (0, 1) for level in (1, 3)]
    first, *others = [model_of(scene) for scene in scenes]
    shared = model_of(drawn(0))
    np.testing.assert_array_equal(first.tex_data, shared.tex_data)
    np.testing.assert_array_equal(first.mesh_vert, shared.mesh_vert)
    for model in others:
        assert [getattr(model, size) for size in SIZES] == [getattr(first, s) for s in SIZES]
        np.testing.assert_array_equal(model.mat_texid, first.mat_texid)
