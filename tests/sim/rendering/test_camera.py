import os
import subprocess
import sys

import mujoco
import numpy as np
import pytest

from canter.control.vocab import Target
from canter.sim.go2 import CAMERA, go2_spec
from canter.sim.rendering.appearance import Appearance
from canter.sim.rendering.camera import Camera
from canter.sim.rendering.camera_noise import augment, blur
from canter.sim.scenes.shapes import Thing, natural_size
from canter.sim.scenes.surroundings import build, slot_name
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene


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
    scene = Scene(0, (ball,), Target("red", "ball"), (0.0, 0.0, 0.0), Appearance(), "seen")
    return build(go2_spec(), scene)


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
    models = [build(go2_spec(), sample_scene(seed)) for seed in range(3)]
    together = [camera.render(m, posed(m)) for m in models]
    assert len({image.tobytes() for image in together}) == 3
    for model, image in zip(models, together, strict=True):
        np.testing.assert_array_equal(Camera().render(model, posed(model)), image)


def test_the_robot_does_not_see_itself_but_the_overview_does(camera: Camera) -> None:
    model = red_ball_at(2.0, 0.0)
    data = posed(model)
    robot = range(model.body("base").id, model.body(slot_name(0)).id)
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
    assert (mask == (ids == model.geom(f"{slot_name(0)}_0").id)).mean() > 0.995


def test_without_opengl_the_error_says_the_remedy() -> None:
    code = (
        "from canter.sim import gl\nfrom canter.control.errors import CanterError\n"
        "try:\n    gl.context()\nexcept CanterError as error:\n    print(error)"
    )
    environment = os.environ | {"MUJOCO_GL": "egl", "MUJOCO_EGL_DEVICE_ID": "99"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "apt-get install libosmesa6" in done.stdout
    assert done.stdout.count("\n") == 1


def test_noise_is_seeded_and_keeps_shape_and_mean() -> None:
    image = np.full((64, 96, 3), 120, np.uint8)
    once, again = (augment(image, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert once.shape == image.shape and once.dtype == np.uint8
    means = [augment(image, np.random.default_rng(k)).mean() for k in range(60)]
    assert np.mean(means) == pytest.approx(120, abs=6)
    assert image.min() == image.max() == 120


def test_blur_by_hand() -> None:
    image = np.zeros((3, 3, 1), np.float32)
    image[1, 1] = 8.0
    expected = np.zeros((3, 3))
    expected[1] = [2.0, 4.0, 2.0]
    np.testing.assert_allclose(blur(image, axis=1, share=0.5)[..., 0], expected)
    np.testing.assert_allclose(blur(image, axis=0, share=0.5)[..., 0], expected.T)
