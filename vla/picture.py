"""What a camera's own electronics do to a picture: exposure, noise and focus are evened out.

A picture that is neither dark nor bright, is sharp and has little noise, stays almost as it is. All
are a part of the model, so its file has them too. Noise is told from texture after Immerkaer (Fast
noise variance estimation, 1996) and filtered after Lee (Digital image enhancement by local
statistics, 1980), which leaves edges.
"""

import math
from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional as F

USUAL_MEAN = (80.0, 130.0)
"""Mean grey level of eight of ten pictures of the tasks' scenes; others are brought to its edge."""
MOST_GAIN = 5.0
LEAST_STD = 0.5
"""Noise of every picture, which is in whole grey levels."""
TAKEN = 2.0
"""So many times the noise's variance is taken from a neighbourhood's, for nine pixels tell it
roughly."""
SHARP, BLURRED = 0.4, 0.13
"""Sharpness of the least sharp of fifty usual pictures, and of one that is blurred by 3.4 px."""
MOST_SHARPENED = 3.0
"""So many times what a neighbourhood lacks is given back to a blurred picture."""
_FINE, _COARSE = 3, 9
"""Edges of the neighbourhoods whose means tell fine from coarse, px."""
_STRONGER = 6.0
"""White noise comes out so many times as strong of second differences along rows and columns."""


def exposed(images: Tensor) -> Tensor:
    """Return pictures (N, 3, H, W) of grey levels with a mean within USUAL_MEAN."""
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return images * (mean.clamp(*USUAL_MEAN) / mean.clamp_min(USUAL_MEAN[0] / MOST_GAIN))


def noise_std(images: Tensor) -> Tensor:
    """Return the standard deviation of the noise of pictures (N, 3, H, W), (N, 3, 1, 1)."""
    bent = images[:, :, :-2] - 2 * images[:, :, 1:-1] + images[:, :, 2:]
    bent = bent[..., :-2] - 2 * bent[..., 1:-1] + bent[..., 2:]  # zero on planes and along edges
    return math.sqrt(math.pi / 2) / _STRONGER * bent.abs().mean(dim=(2, 3), keepdim=True)


def without_noise(images: Tensor) -> Tensor:
    """Return pictures (N, 3, H, W) without noise.

    The less a neighbourhood varies beyond the noise, the nearer its pixel comes to its mean.
    """
    mean, variance = neighbourhoods(images)
    noise = TAKEN * noise_std(images).clamp_min(LEAST_STD).square()
    return mean + (1 - noise / variance.clamp_min(1e-3)).clamp_min(0.0) * (images - mean)


def neighbourhoods(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return means and variances of the neighbourhoods of 3 x 3 of pictures (N, C, H, W).

    The variance is that within rows and that between them, from differences alone: the mean of
    squares less the square of the mean would lose what varies by less than a grey level.
    """
    padded = F.pad(images, (1, 1, 1, 1), mode="replicate")
    means, within = _of_three(padded[..., :-2], padded[..., 1:-1], padded[..., 2:])
    mean, between = _of_three(means[:, :, :-2], means[:, :, 1:-1], means[:, :, 2:])
    return mean, between + (within[:, :, :-2] + within[:, :, 1:-1] + within[:, :, 2:]) / 3


def sharpness(images: Tensor) -> Tensor:
    """Return how strong fine is beside coarse in pictures (N, 3, H, W), (N, 1, 1, 1).

    Of an edge it depends on the blur alone, not on the contrast.
    """
    grey = images.mean(dim=1, keepdim=True)
    fine, coarse = _around(grey, _FINE), _around(grey, _COARSE)
    return (_energy(grey - fine) / _energy(fine - coarse).clamp_min(1e-3)).sqrt()


def focused(images: Tensor) -> Tensor:
    """Return pictures (N, 3, H, W) of grey levels, blurred ones sharpened (unsharp masking)."""
    lack = ((SHARP - sharpness(images)) / (SHARP - BLURRED)).clamp(0.0, 1.0)
    return images + MOST_SHARPENED * lack * (images - _around(images, _COARSE))


def _around(images: Tensor, size: int) -> Tensor:
    """Return the means of the neighbourhoods of pictures (N, C, H, W), an edge of size px."""
    half, (rows, columns) = size // 2, images.shape[2:]
    padded = F.pad(images, (half, half, half, half), mode="replicate")
    summed = reduce(torch.add, (padded[:, :, i : i + rows] for i in range(size)))
    summed = reduce(torch.add, (summed[..., i : i + columns] for i in range(size)))
    return summed / size**2


def _of_three(a: Tensor, b: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance of three numbers."""
    apart = (a - b).square() + (b - c).square() + (c - a).square()
    return (a + b + c) / 3, apart / 9


def _energy(images: Tensor) -> Tensor:
    return images.square().mean(dim=(1, 2, 3), keepdim=True)
