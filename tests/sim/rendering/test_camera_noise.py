import math

import mujoco
import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.rendering.camera import Camera
from canter.sim.rendering.camera_noise import (
    FULL_WELLS,
    Sensor,
    augment,
    bilinear,
    blur,
    draw_sensor,
    focal_length,
    motion_blur,
    pixel_rays,
    project,
    sensor_noise,
    take,
    turn_in_camera,
)
from canter.sim.robots.equip import CAMERA
from tests.sim.scene_models import drawn, model_of

FOCAL = 80.0
UP, RIGHT, BACK = np.eye(3)[[1, 0, 2]]
"""Axes of the camera's frame about which it turns: yaw, pitch, roll."""


def bright_column(size: int = 65, at: int = 32) -> np.ndarray:
    image = np.zeros((size, size, 3), np.float32)
    image[:, at] = 200.0
    return image


def test_a_camera_at_rest_blurs_nothing() -> None:
    image = np.random.default_rng(0).uniform(0, 255, (32, 48, 3)).astype(np.float32)
    assert np.array_equal(motion_blur(image, np.zeros(3), FOCAL, 0.01), image)


@pytest.mark.parametrize("turn", [UP, RIGHT, BACK, UP + RIGHT + BACK])
def test_an_even_picture_stays_even(turn: np.ndarray) -> None:
    image = np.full((32, 48, 3), 120.0, np.float32)
    assert motion_blur(image, 3 * turn, FOCAL, 0.02) == pytest.approx(image)


def test_a_column_is_smeared_over_focal_length_times_angle() -> None:
    rate, exposure = 2.0, 0.05
    smeared = motion_blur(bright_column(), rate * UP, FOCAL, exposure)[32, :, 0]
    columns = np.arange(65)
    assert smeared.sum() == pytest.approx(200.0, rel=0.02)  # light is spread, not made
    spread = math.sqrt((smeared * (columns - 32.0) ** 2).sum() / smeared.sum())
    length = FOCAL * rate * exposure
    assert spread == pytest.approx(length / math.sqrt(12), rel=0.1)  # of an even smear
    assert smeared[30:35] == pytest.approx(200.0 / length, rel=0.15)


def test_a_column_does_not_show_a_camera_that_nods() -> None:
    smeared = motion_blur(bright_column(), 2.0 * RIGHT, FOCAL, 0.05)
    assert smeared[:, 32, 0] == pytest.approx(200.0, rel=0.01)


def test_rolling_leaves_the_middle_and_smears_the_rim() -> None:
    smeared = motion_blur(bright_column(), 2.0 * BACK, FOCAL, 0.05)
    assert smeared[32, 32, 0] == pytest.approx(200.0)
    assert smeared[0, 32, 0] < 80.0  # 32 px from the axis: 3.2 px of smear


def test_a_ramp_is_its_own_mean() -> None:
    ramp = np.tile(np.arange(65, dtype=np.float32)[None, :, None], (65, 1, 3))
    smeared = motion_blur(ramp, 1.5 * UP, FOCAL, 0.02)
    assert smeared[:, 20:45] == pytest.approx(ramp[:, 20:45], abs=0.05)


def test_rays_and_pixels_are_inverse() -> None:
    rows, columns = np.moveaxis(project(pixel_rays(20, 30, FOCAL), FOCAL), -1, 0)
    v, u = np.mgrid[:20, :30]
    assert rows == pytest.approx(v) and columns == pytest.approx(u)


def test_bilinear_is_exact_for_planes_and_clips_at_the_edge() -> None:
    v, u = np.mgrid[:10, :12].astype(float)
    plane = (2 * v + 3 * u)[..., None].astype(np.float32)
    places = np.stack([v * 0.9 + 0.3, u * 0.8 + 0.5], axis=-1)
    expected = 2 * places[..., 0] + 3 * places[..., 1]
    assert bilinear(plane, places)[..., 0] == pytest.approx(expected, abs=1e-4)
    outside = bilinear(plane, np.stack([v - 50, u + 50], axis=-1))
    assert np.all(outside == 33.0)  # row 0, last column


def test_the_blur_is_the_mean_of_what_a_turning_camera_sees() -> None:
    """Against the renderer itself: 25 views along the turn, averaged."""
    model = model_of(drawn(3))
    data, camera = mujoco.MjData(model), Camera()
    turn, exposure = np.array([1.8, 2.5, 1.6]), 0.06
    fovy = float(model.camera(CAMERA).fovy.item())

    def seen(angle: np.ndarray) -> np.ndarray:
        mujoco.mj_kinematics(model, data)
        mujoco.mj_camlight(model, data)
        quat, matrix = np.zeros(4), np.zeros(9)
        mujoco.mju_axisAngle2Quat(quat, angle / np.linalg.norm(angle), np.linalg.norm(angle))
        mujoco.mju_quat2Mat(matrix, quat)
        front = data.camera(CAMERA)
        front.xmat[:] = (front.xmat.reshape(3, 3) @ matrix.reshape(3, 3)).ravel()
        return camera.render(model, data).astype(np.float32)

    times = exposure * (np.arange(25) - 12) / 25 + 1e-9
    truth = np.mean([seen(turn * t) for t in times], axis=0)
    sharp = seen(turn * 1e-9)

    def error(assumed: np.ndarray) -> float:
        blurred = motion_blur(sharp, assumed, focal_length(fovy, 64), exposure)
        return float(np.abs(blurred - truth)[6:-6, 8:-8].mean())

    assert error(turn) < 1.0  # grey levels: what is left are the steps at edges of a sharp view
    assert all(error(turn * other) > 2.0 for other in ([0, 0, 0], [-1, 1, 1], [1, 1, -1]))


def test_the_camera_pitched_down_sees_a_yaw_as_yaw_and_roll() -> None:
    down = GO2.camera_pitch
    x, y = np.array([0.0, -1.0, 0.0]), np.array([np.sin(down), 0.0, np.cos(down)])
    rotation = np.stack([x, y, np.cross(x, y)], axis=1)
    turn = turn_in_camera(np.array([0.0, 0.0, 2.0]), rotation)
    assert turn == pytest.approx([0.0, 2 * np.cos(down), 2 * np.sin(down)], abs=1e-6)


@pytest.mark.parametrize("grey", [0.0, 40.0, 128.0, 250.0])
def test_noise_has_the_variance_of_photons_and_reading(grey: float) -> None:
    sensor = Sensor(full_well=1500.0, read_noise=8.0)
    noisy = sensor_noise(np.full((200, 200, 3), grey, np.float32), sensor, np.random.default_rng(1))
    electrons = grey * 1500 / 255
    assert noisy.mean() == pytest.approx(grey, abs=0.1)
    expected = 255 / 1500 * math.sqrt(electrons + 8.0**2)
    assert noisy.std() == pytest.approx(expected, rel=0.02)


def test_noise_is_near_poisson_law_where_there_is_light() -> None:
    sensor = Sensor(full_well=1000.0, read_noise=0.0)
    rng = np.random.default_rng(2)
    electrons = sensor_noise(np.full((200, 200, 3), 51.0, np.float32), sensor, rng) * 1000 / 255
    poisson = rng.poisson(200.0, electrons.shape)
    shares = np.linspace(0.05, 0.95, 10)
    assert np.quantile(electrons, shares) == pytest.approx(np.quantile(poisson, shares), abs=1.0)


def test_the_same_seed_takes_the_same_picture_and_leaves_the_first_alone() -> None:
    image = np.random.default_rng(3).integers(0, 256, (96, 96, 3)).astype(np.uint8)
    before = image.copy()
    first, second = (take(image, UP, FOCAL, Sensor(), np.random.default_rng(5)) for _ in "ab")
    assert first.dtype == np.uint8 and first.shape == image.shape
    assert np.array_equal(first, second) and np.array_equal(image, before)
    assert not np.array_equal(first, take(image, UP, FOCAL, Sensor(), np.random.default_rng(6)))


def test_sensors_are_drawn_within_their_ranges() -> None:
    rng = np.random.default_rng(4)
    wells = [draw_sensor(rng).full_well for _ in range(300)]
    assert FULL_WELLS[0] <= min(wells) and max(wells) <= FULL_WELLS[1]
    assert np.median(wells) == pytest.approx(math.sqrt(math.prod(FULL_WELLS)), rel=0.2)


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
