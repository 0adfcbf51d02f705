"""What a camera's own electronics do to a picture: exposure is evened out, noise taken away.

A picture that is neither dark nor bright, and has little noise, stays almost as it is. Both are a
part of the model, so its file has them too. Noise is told from texture after Immerkaer (Fast noise
variance estimation, 1996) and filtered after Lee (Digital image enhancement by local statistics,
1980), which leaves edges.
"""

import math

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
    around = F.pad(images, (1, 1, 1, 1), mode="replicate")
    mean = F.avg_pool2d(around, 3, stride=1)
    variance = (F.avg_pool2d(around.square(), 3, stride=1) - mean.square()).clamp_min(1e-3)
    noise = TAKEN * noise_std(images).clamp_min(LEAST_STD).square()
    return mean + (1 - noise / variance).clamp_min(0.0) * (images - mean)
