"""What a real camera adds to a picture: exposure, contrast, colour cast, blur and noise.

`augment` draws everything at random and knows nothing of how the robot moves. `take` computes what
a sensor makes of one picture from its exposure time, its noise and the camera's own turn rate; grey
levels count as proportional to light there, as they do in MuJoCo's shading.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Light = NDArray[np.float32]

EXPOSURE = (0.75, 1.25)
CONTRAST = (0.8, 1.2)
COLOUR_CAST = 0.06
"""Greatest relative gain error of one channel against the others."""
NOISE_STD = (0.0, 9.0)
"""Standard deviation of the pixel noise, grey levels of 255."""
BLUR_CHANCE = 0.4


def augment(image: Image, rng: np.random.Generator) -> Image:
    """Return a copy of one picture, (H, W, 3), as another camera would have taken it."""
    light = image.astype(np.float32)
    if rng.uniform() < BLUR_CHANCE:
        light = blur(light, axis=int(rng.integers(2)), share=rng.uniform(0.2, 0.7))
    cast = rng.uniform(1 - COLOUR_CAST, 1 + COLOUR_CAST, 3).astype(np.float32)
    gain = np.float32(rng.uniform(*EXPOSURE)) * cast
    contrast = np.float32(rng.uniform(*CONTRAST))
    middle = light.mean(dtype=np.float32)
    light = ((light - middle) * contrast + middle) * gain
    std = np.float32(rng.uniform(*NOISE_STD))
    light += std * rng.standard_normal(light.shape, dtype=np.float32)
    return np.asarray(np.clip(light, 0, 255), np.uint8)


def blur(image: NDArray[np.float32], axis: int, share: float) -> NDArray[np.float32]:
    """Return the picture smeared by one pixel along an axis, as by motion.

    Args:
        image: (H, W, 3).
        axis: 0 for rows (vertical smear), 1 for columns.
        share: part of each pixel's light that comes from its two neighbours, [0, 1].
    """
    edge = [(1, 1) if k == axis else (0, 0) for k in range(image.ndim)]
    padded = np.pad(image, edge, mode="edge")
    size = image.shape[axis]
    before, after = (np.take(padded, range(k, k + size), axis=axis) for k in (0, 2))
    return np.asarray((1 - share) * image + share / 2 * (before + after), np.float32)


WHITE = 255
EXPOSURE_TIMES = (0.002, 0.016)
"""From bright daylight to a dim room, s."""
FULL_WELLS = (600.0, 4000.0)
"""Photoelectrons of a white pixel: 10 to 4 grey levels of shot noise on white."""
READ_NOISES = (2.0, 12.0)
"""Standard deviation of reading a pixel, electrons."""
STILL_PX = 0.1
"""A smear shorter than this shows nothing."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """A camera's sensor under one light.

    Attributes:
        exposure: how long a picture collects light, s; its middle is the world of the picture.
        full_well: photoelectrons of a white pixel.
        read_noise: standard deviation of reading a pixel, electrons.
    """

    exposure: float = 0.008
    full_well: float = 2000.0
    read_noise: float = 6.0


def draw_sensor(rng: np.random.Generator) -> Sensor:
    """Draw the sensor of an episode; times and electrons evenly on a logarithmic scale."""
    ranges = (EXPOSURE_TIMES, FULL_WELLS, READ_NOISES)
    exposure, well, read = (math.exp(rng.uniform(*np.log(limits))) for limits in ranges)
    return Sensor(exposure, well, read)


def take(
    image: Image,
    turn_c: NDArray[np.floating],
    focal_px: float,
    sensor: Sensor,
    rng: np.random.Generator,
) -> Image:
    """Return a picture as the sensor takes it while the camera turns.

    Args:
        image: what a perfect camera sees in the middle of the exposure, (H, W, 3).
        turn_c: angular velocity in the camera's frame (x right, y up, looking along -z), (3,),
            rad/s.
        focal_px: focal length, px.
        sensor: exposure and noise.
        rng: source of the noise.
    """
    smeared = motion_blur(image.astype(np.float32), turn_c, focal_px, sensor.exposure)
    noisy = sensor_noise(smeared, sensor, rng)
    return np.asarray(np.clip(np.rint(noisy), 0, WHITE), np.uint8)


def motion_blur(
    light: Light, turn_c: NDArray[np.floating], focal_px: float, exposure: float
) -> Light:
    """Return the mean of a picture over an exposure in which the camera turns evenly.

    Only rotation counts: it moves all of the picture, near and far, and at walking pace by far the
    most. Exact to first order in the angle turned; beyond the edge the picture goes on unchanged.

    Args:
        light: (H, W, C).
        turn_c: angular velocity in the camera's frame, as for `take`, rad/s, (3,).
        focal_px: focal length, px.
        exposure: s.
    """
    rays = pixel_rays(light.shape[0], light.shape[1], focal_px)
    wx, wy, wz = (float(rate) for rate in turn_c)
    cross = np.array([[0.0, -wz, wy], [wz, 0.0, -wx], [-wy, wx, 0.0]], np.float32)
    drift = rays @ cross.T
    half = np.float32(exposure / 2)
    ends = [project(rays + side * drift, focal_px) for side in (-half, half)]
    smear = float(np.abs(ends[1] - ends[0]).max())
    if smear < STILL_PX:
        return light
    samples = 1 + math.ceil(smear)
    times = np.float32(exposure) * ((np.arange(samples, dtype=np.float32) + 0.5) / samples - 0.5)
    views = [bilinear(light, project(rays + t * drift, focal_px)) for t in times]
    return np.asarray(np.mean(views, axis=0), np.float32)


def sensor_noise(light: Light, sensor: Sensor, rng: np.random.Generator) -> Light:
    """Return grey levels, [0, 255], with shot and read noise.

    A pixel of e photoelectrons has the variance e of its shot noise and that of its reading; both
    are drawn as one normal deviate, which is close to Poisson's law from some ten electrons on.
    """
    per_grey = np.float32(sensor.full_well / WHITE)
    std = np.sqrt(np.maximum(light, 0) * per_grey + np.float32(sensor.read_noise**2)) / per_grey
    return np.asarray(light + std * rng.standard_normal(light.shape, np.float32), np.float32)


def focal_length(fovy_deg: float, height: int) -> float:
    """Return the focal length, px, of a view of this height, px, and vertical field of view."""
    return height / 2 / math.tan(math.radians(fovy_deg) / 2)


def turn_in_camera(gyro: NDArray[np.floating], camera_rotation: NDArray[np.floating]) -> Light:
    """Return angular velocities of the base frame in the camera's.

    Args:
        gyro: rad/s, (..., 3).
        camera_rotation: from the camera's frame to the base's, (3, 3).
    """
    return np.asarray(gyro @ camera_rotation, np.float32)


@functools.lru_cache(maxsize=64)
def pixel_rays(height: int, width: int, focal_px: float) -> Light:
    """Return the ray through the middle of each pixel, in the camera's frame, (H, W, 3)."""
    v, u = np.mgrid[:height, :width].astype(np.float32)
    x, y = (u - (width - 1) / 2) / focal_px, ((height - 1) / 2 - v) / focal_px
    rays: Light = np.stack([x, y, -np.ones_like(x)], axis=-1).astype(np.float32)
    rays.flags.writeable = False
    return rays


def project(rays: Light, focal_px: float) -> Light:
    """Return the row and column, px, (H, W, 2), at which rays, (H, W, 3), meet the picture."""
    height, width, _ = rays.shape
    scale = np.float32(-focal_px) / rays[..., 2]
    rows = (height - 1) / 2 - rays[..., 1] * scale
    columns = (width - 1) / 2 + rays[..., 0] * scale
    return np.asarray(np.stack([rows, columns], axis=-1), np.float32)


def bilinear(light: Light, places: Light) -> Light:
    """Return the picture, (H, W, C), at rows and columns, px, (H, W, 2), clipped to its edge."""
    height, width, _ = light.shape
    rows = np.clip(places[..., 0], 0, height - 1)
    columns = np.clip(places[..., 1], 0, width - 1)
    top = np.minimum(rows.astype(int), height - 2)
    left = np.minimum(columns.astype(int), width - 2)
    down = (rows - top)[..., None].astype(np.float32)
    right = (columns - left)[..., None].astype(np.float32)
    flat, corner = light.reshape(height * width, -1), top * width + left
    around = (corner, corner + 1, corner + width, corner + width + 1)
    a, b, c, d = (np.take(flat, at, axis=0) for at in around)
    upper, lower = a + (b - a) * right, c + (d - c) * right
    return np.asarray(upper + (lower - upper) * down, np.float32)
