import mujoco
import numpy as np
import pytest

from canter.sim.rendering.camera import Camera
from canter.sim.robots.equip import CAMERA
from canter.sim.scenes.mjcf import object_name
from canter.sim.scenes.shapes import Thing, natural_size
from tests.sim.scene_models import drawn, model_of, scene_of


@pytest.fixture(scope="module")
def camera() -> Camera:
    return Camera()


def posed(model: mujoco.MjModel) -> mujoco.MjData:
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    mujoco.mj_camlight(model, data)
    return data


def red_ball_at(x: float, y: float) -> mujoco.MjModel:
    ball = Thing("ball", "red", (0.9, 0.05, 0.05), natural_size("ball", 0.4), x, y, 0.0)
    return model_of(scene_of(ball))


def red_pixels(image: np.ndarray) -> np.ndarray:
    red, green, blue = np.moveaxis(image.astype(int), -1, 0)
    return np.argwhere((red > 60) & (red > 2.5 * green) & (red > 2.5 * blue))


@pytest.mark.parametrize(("y", "side"), [(0.8, -1), (0.0, 0), (-0.8, 1)])
def test_a_ball_to_the_left_is_left_in_the_picture(camera: Camera, y: float, side: int) -> None:
    model = red_ball_at(2.0, y)
    image = camera.render(model, posed(model))
    assert image.shape == (64, 96, 3) and image.dtype == np.uint8
    _, column = red_pixels(image).mean(axis=0)
    assert np.sign(round((column - 47.5) / 4)) == side


def test_a_ball_covers_as_many_rows_as_the_pinhole_model_says(camera: Camera) -> None:
    model = red_ball_at(2.3, 0.0)
    data = posed(model)
    rows = np.ptp(red_pixels(camera.render(model, data)), axis=0).max() + 1
    distance = np.linalg.norm(data.camera(CAMERA).xpos - [2.3, 0.0, 0.2])
    focal = 32 / np.tan(np.deg2rad(model.camera(CAMERA).fovy.item()) / 2)
    assert rows == pytest.approx(focal * 0.4 / distance, abs=1.2)


def test_one_context_draws_many_scenes_as_if_each_had_its_own(camera: Camera) -> None:
    models = [model_of(drawn(seed)) for seed in range(3)]
    together = [camera.render(m, posed(m)) for m in models]
    assert len({image.tobytes() for image in together}) == 3
    for model, image in zip(models, together, strict=True):
        np.testing.assert_array_equal(Camera().render(model, posed(model)), image)


def test_the_robot_does_not_see_itself_but_the_overview_does(camera: Camera) -> None:
    model = red_ball_at(2.0, 0.0)
    data = posed(model)
    robot = range(model.body("base").id, model.body(object_name(0)).id)
    assert not np.isin(model.geom_bodyid[camera.segment(model, data, CAMERA)], robot).any()
    plain = Camera(120, 160, show_robot=True).follow(model, data, 0.0)
    hidden = Camera(120, 160).follow(model, data, 0.0)
    assert plain.shape == (120, 160, 3)
    assert (plain != hidden).any(axis=-1).mean() > 0.01


def test_segmentation_finds_the_red_pixels(camera: Camera) -> None:
    model = red_ball_at(1.5, 0.2)
    data = posed(model)
    ids = camera.segment(model, data, CAMERA)
    mask = np.zeros(ids.shape, bool)
    mask[tuple(red_pixels(camera.render(model, data)).T)] = True
    assert (mask == (ids == model.geom(f"{object_name(0)}_0").id)).mean() > 0.995
