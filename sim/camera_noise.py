"""What a real camera adds to a picture: exposure, contrast, colour cast, blur and noise."""

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

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
