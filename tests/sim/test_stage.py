import mujoco
import numpy as np
import pytest

from canter.control.vocab import SHAPES, Target
from canter.sim.go2 import CAMERA, go2_spec
from canter.sim.rendering.appearance import Appearance
from canter.sim.scenes.shapes import Thing, natural_size, nearest_surface_distance
from canter.sim.scenes.surroundings import build, slot_name
from canter.sim.tasks.go_to.go_to_scene import MAX_OBJECTS, Scene, sample_scene

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
    return Scene(0, (thing,), Target("red", shape), (0.0, 0.0, 0.0), Appearance(), "seen")


@pytest.fixture(scope="module")
def models() -> list[mujoco.MjModel]:
    scenes = [one(shape) for shape in SHAPES] + [sample_scene(seed) for seed in range(6)]
    return [build(go2_spec(), scene) for scene in scenes]


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
    (thing,) = scene.objects
    spec = mujoco.MjSpec()
    spec.worldbody.add_geom(name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[1, 1, 1])
    spec.worldbody.add_body(name="base").add_camera(name=CAMERA)
    model = build(spec, scene)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    geoms = np.flatnonzero(model.geom_bodyid == model.body(slot_name(0)).id)
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
    assert geoms.size == 3


def test_objects_stand_still_on_the_floor_and_touch_only_the_robot() -> None:
    model = build(go2_spec(), sample_scene(2))
    for index in range(MAX_OBJECTS):
        body = model.body(slot_name(index))
        assert body.dofnum == 0
        geoms = np.flatnonzero(model.geom_bodyid == body.id)
        assert not model.geom_contype[geoms].any()
        assert model.geom_conaffinity[geoms].all()


def test_the_camera_is_mounted_with_the_scenes_error() -> None:
    scene = sample_scene(4)
    model, plain = build(go2_spec(), scene), go2_spec().compile()
    jitter = scene.appearance.camera
    moved = model.camera(CAMERA).pos - plain.camera(CAMERA).pos
    np.testing.assert_allclose(moved, jitter.position_b, atol=1e-12)
    wider = model.camera(CAMERA).fovy - plain.camera(CAMERA).fovy
    assert wider == pytest.approx(np.rad2deg(jitter.fovy))
