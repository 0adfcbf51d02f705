"""What spoils a camera's pictures more than training ever does, by name, after ImageNet-C's idea.

Training sees `canter.sim.rendering.camera_noise`; every corruption here begins where that ends. How
bad one is is drawn once, as for one camera in one light, and then holds for all its pictures
(Hendrycks and Dietterich 2019 have fixed severities).
"""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageFilter

Image = NDArray[np.uint8]
Filter = Callable[[Image], Image]
"""Spoils one picture, (H, W, 3); the same shape comes back."""
Corruption = Callable[[np.random.Generator, tuple[int, int]], Filter]
"""Draws how bad it is for pictures of this height and width, px."""

DARK = (0.25, 0.6)
BRIGHT = (1.5, 2.5)
"""Factors on all grey levels; training has 0.75 to 1.25."""
TINT = (0.15, 0.35)
"""Relative gain of red over green, and loss of blue, or the other way round; training has 0.06."""
DEFOCUS = (0.015, 0.035)
"""Standard deviation of the blur, parts of the height: 1.4 px and more at 96; training has 0.84."""
NOISE_STD = (18.0, 36.0)
"""Standard deviation of the pixel noise, grey levels of 255; training's at most 15 on white."""
JPEG_QUALITY = (10, 30)
"""Pillow's scale from 1 to 95; training's pictures were never compressed so."""
SMUDGES = (3, 6)
SMUDGE_RADIUS = (0.08, 0.2)
"""Standard deviation of a smudge's opacity, parts of the height."""
SMUDGE_OPACITY = (0.5, 0.9)
SMUDGE_GREY = (40.0, 160.0)


def dark(rng: np.random.Generator, size: tuple[int, int]) -> Filter:
    """Take all pictures underexposed."""
    del size
    return _gain(np.full(3, rng.uniform(*DARK)))


def bright(rng: np.random.Generator, size: tuple[int, int]) -> Filter:
    """Take all pictures overexposed: what is bright is clipped."""
    del size
    return _gain(np.full(3, rng.uniform(*BRIGHT)))


def colour_temperature(rng: np.random.Generator, size: tuple[int, int]) -> Filter:
    """Take all pictures in a light that is far redder or bluer than the white balance."""
    del size
    tint = rng.uniform(*TINT) * rng.choice([-1.0, 1.0])
    return _gain(np.array([1.0 + tint, 1.0, 1.0 - tint]))


def defocus(rng: np.random.Generator, size: tuple[int, int]) -> Filter:
    """Take all pictures out of focus."""
    blurred = ImageFilter.GaussianBlur(rng.uniform(*DEFOCUS) * size[0])
    return lambda image: np.asarray(Pillow.fromarray(image).filter(blurred))


def noise(rng: np.random.Generator, size: tuple[int, int]) -> Filter:
    """Add noise to every pixel, anew in each picture."""
    del size
    std = rng.uniform(*NOISE_STD)
    return lambda image: _picture(image + std * rng.standard_normal(image.shape))


def jpeg(rng: np.random.Generator, size: tuple[int, int]) -> Filter:
    """Compress all pictures far too much."""
    del size
    quality = int(rng.integers(*JPEG_QUALITY, endpoint=True))

    def compressed(image: Image) -> Image:
        file = io.BytesIO()
        Pillow.fromarray(image).save(file, "JPEG", quality=quality)
        return np.asarray(Pillow.open(file))

    return compressed


def dirty_lens(rng: np.random.Generator, size: tuple[int, int]) -> Filter:
    """Put grey smudges on the lens, soft and at the same place in every picture."""
    height, width = size
    rows, columns = np.mgrid[:height, :width]
    clear = np.ones(size)
    for _ in range(int(rng.integers(*SMUDGES, endpoint=True))):
        row, column = rng.uniform(0, height), rng.uniform(0, width)
        squares = (rows - row) ** 2 + (columns - column) ** 2
        radius = rng.uniform(*SMUDGE_RADIUS) * height
        clear *= 1 - rng.uniform(*SMUDGE_OPACITY) * np.exp(-squares / (2 * radius**2))
    grey, through = rng.uniform(*SMUDGE_GREY), clear[..., None]
    return lambda image: _picture(image * through + grey * (1 - through))


CORRUPTIONS: dict[str, Corruption] = {
    "dark": dark,
    "bright": bright,
    "colour temperature": colour_temperature,
    "defocus": defocus,
    "noise": noise,
    "jpeg": jpeg,
    "dirty lens": dirty_lens,
}
"""Every corruption by name."""


def _gain(factors: NDArray[np.float64]) -> Filter:
    return lambda image: _picture(image * factors)


def _picture(light: NDArray[np.float64]) -> Image:
    return np.asarray(np.clip(np.rint(light), 0, 255), np.uint8)
