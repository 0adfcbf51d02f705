"""Statistics by which policies normalise: of one episode, and of many, added up one by one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from canter.datasets.lerobot.features import CAMERA, values_of
from canter.datasets.lerobot.pixels import Counts
from canter.datasets.lerobot.pixels import moments as pixel_moments
from canter.datasets.lerobot.pixels import quantile as pixel_quantile

QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
NAMES = ("min", "max", "mean", "std", "count", *QUANTILES)
SAMPLES = 100_000
"""Frames that quantiles of many episodes are taken over, at least half as many where there are."""

Stats = dict[str, dict[str, Any]]
Float = NDArray[np.float64]


def vector_stats(values: NDArray[Any]) -> dict[str, list[float]]:
    """Return the statistics of each of n values, over T frames.

    Args:
        values: (T, n), or (T,) for n = 1.
    """
    table = values.reshape(len(values), -1).astype(np.float64)
    found = {
        "min": table.min(axis=0),
        "max": table.max(axis=0),
        "mean": table.mean(axis=0),
        "std": table.std(axis=0),
        "count": np.array([len(table)]),
    }
    found |= dict(zip(QUANTILES, np.quantile(table, list(QUANTILES.values()), axis=0), strict=True))
    return {name: value.tolist() for name, value in found.items()}


def image_stats(counts: Counts, frames: int) -> dict[str, Any]:
    """Return the statistics of each channel, in 0..1, as nested lists of shape (3, 1, 1)."""
    found = pixel_moments(counts)
    found |= {name: pixel_quantile(counts, share) for name, share in QUANTILES.items()}
    nested: dict[str, Any] = {
        name: value.reshape(-1, 1, 1).tolist() for name, value in found.items()
    }
    return nested | {"count": [frames]}


def episode_stats(table: pa.Table, counts: Counts) -> Stats:
    """Return the statistics of one episode by feature.

    Args:
        table: its frames, with all columns of the data files.
        counts: of the values of its pictures.
    """
    found: Stats = {key: vector_stats(values_of(table, key)) for key in table.column_names}
    return {CAMERA: image_stats(counts, table.num_rows), **found}


@dataclass(slots=True)
class _Moments:
    """Count, mean and sum of squared deviations of n values, and their extremes."""

    count: int
    mean: Float
    squares: Float
    least: Float
    greatest: Float

    def add(self, other: "_Moments") -> None:
        """Add another set of frames (Chan, Golub and LeVeque 1979, equation 1.5)."""
        total = self.count + other.count
        delta = other.mean - self.mean
        self.mean = self.mean + delta * other.count / total
        self.squares = self.squares + other.squares + delta**2 * self.count * other.count / total
        self.least = np.minimum(self.least, other.least)
        self.greatest = np.maximum(self.greatest, other.greatest)
        self.count = total


class Totals:
    """Statistics of all frames that were added: exact but for the quantiles of the values.

    These are taken over every k-th frame, where k doubles as often as memory demands.
    """

    def __init__(self) -> None:
        self._moments: dict[str, _Moments] = {}
        self._kept: dict[str, list[NDArray[Any]]] = defaultdict(list)
        self._counts: Counts = np.zeros((3, 256), np.int64)
        self._frames = 0
        self._stride = 1

    def add(self, table: pa.Table, counts: Counts) -> None:
        """Add the frames of an episode, with the columns of the data files."""
        for key in table.column_names:
            values = values_of(table, key).reshape(table.num_rows, -1).astype(np.float64)
            self._add_moments(key, values)
            first = -self._frames % self._stride
            self._kept[key].append(values[first :: self._stride].astype(np.float32))
        self._counts = self._counts + counts
        self._frames += table.num_rows
        if self._frames > SAMPLES * self._stride:
            self._thin()

    def stats(self) -> Stats:
        """Return the statistics by feature."""
        found: Stats = {CAMERA: image_stats(self._counts, self._frames)}
        for key, moments in self._moments.items():
            kept = np.concatenate(self._kept[key]).astype(np.float64)
            quantiles = np.quantile(kept, list(QUANTILES.values()), axis=0)
            found[key] = {
                "min": moments.least.tolist(),
                "max": moments.greatest.tolist(),
                "mean": moments.mean.tolist(),
                "std": np.sqrt(moments.squares / moments.count).tolist(),
                "count": [moments.count],
                **dict(zip(QUANTILES, quantiles.tolist(), strict=True)),
            }
        return found

    def _add_moments(self, key: str, values: Float) -> None:
        mean = values.mean(axis=0)
        squares = ((values - mean) ** 2).sum(axis=0)
        new = _Moments(len(values), mean, squares, values.min(axis=0), values.max(axis=0))
        if key in self._moments:
            self._moments[key].add(new)
        else:
            self._moments[key] = new

    def _thin(self) -> None:
        """Keep every other of the frames that are kept."""
        self._stride *= 2
        for key, kept in self._kept.items():
            self._kept[key] = [np.concatenate(kept)[::2]]


def missing(stats: Mapping[str, Any], features: Mapping[str, Any]) -> list[str]:
    """Return which "feature/statistic" a data set of these features should have and has not."""
    least = ("min", "max", "mean", "std", "count")
    numeric = [key for key, feature in features.items() if feature.get("dtype") != "string"]
    return [f"{key}/{name}" for key in numeric for name in least if name not in stats.get(key, {})]
