"""Exact statistics of pictures from counts of their values: what is counted can be added up."""

import numpy as np
from numpy.typing import NDArray

LEVELS = 256
CHANNELS = 3
Counts = NDArray[np.int64]


def count_values(images: NDArray[np.uint8]) -> Counts:
    """Return how often each channel has each value, (3, 256), over pictures (..., 3)."""
    flat = images.reshape(-1, CHANNELS)
    return np.stack([np.bincount(flat[:, c], minlength=LEVELS) for c in range(CHANNELS)])


def moments(counts: Counts) -> dict[str, NDArray[np.float64]]:
    """Return least, greatest, mean and standard deviation of each channel, in 0..1, (3,).

    Args:
        counts: of :func:`count_values`, (3, 256).
    """
    values = np.arange(LEVELS) / (LEVELS - 1)
    total = counts.sum(axis=1)
    mean = counts @ values / total
    variance = np.maximum(counts @ values**2 / total - mean**2, 0.0)
    some = counts > 0
    least, greatest = some.argmax(axis=1), LEVELS - 1 - some[:, ::-1].argmax(axis=1)
    return {"min": values[least], "max": values[greatest], "mean": mean, "std": np.sqrt(variance)}


def quantile(counts: Counts, share: float) -> NDArray[np.float64]:
    """Return the least value, in 0..1, (3,), that this share of each channel does not exceed."""
    below = np.cumsum(counts, axis=1) >= share * counts.sum(axis=1, keepdims=True)
    return np.asarray(below.argmax(axis=1) / (LEVELS - 1))
