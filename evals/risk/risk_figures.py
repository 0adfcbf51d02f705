"""Figures of the posture risk: calibration, lead times, rates of false warnings, with intervals."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import exp, lgamma, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.sim.locomotion.fall_alarms import Alarms

BINS = 10
RESAMPLES = 200
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    lo: float
    hi: float

    def __str__(self) -> str:
        """Return it as printed in tables."""
        return f"{self.value:.3g} [{self.lo:.3g}, {self.hi:.3g}]"


def poisson(count: int, exposure: float) -> Interval:
    """Return a rate with its exact interval (Garwood 1936), in counts per unit of exposure."""
    lo = 0.0 if count == 0 else _root(lambda mean: 1 - _below(count - 1, mean), 0.025, count)
    hi = _root(lambda mean: 1 - _below(count, mean), 0.975, 2 * count + 10)
    return Interval(count / exposure, lo / exposure, hi / exposure)


def _below(count: int, mean: float) -> float:
    """Return the probability of at most so many events."""
    if mean <= 0:
        return 1.0
    return sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count + 1))


def _root(rising: Callable[[float], float], goal: float, top: float) -> float:
    low, high = 0.0, top
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return 0.5 * (low + high)


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float], units: int, rng: np.random.Generator
) -> Interval:
    """Return a statistic over units, (n,) indices, with its percentile interval over resamples."""
    values = [statistic(rng.integers(units, size=units)) for _ in range(RESAMPLES)]
    lo, hi = np.quantile(values, [0.025, 0.975])
    return Interval(statistic(np.arange(units)), float(lo), float(hi))


def lead(alarms: Alarms, rng: np.random.Generator) -> dict[str, Any]:
    """Return the lead times before falls, s; a fall without a warning counts as none."""
    leads = alarms.leads
    if not len(leads):
        return {"falls": 0}
    median = bootstrap(lambda at: float(np.median(leads[at])), len(leads), rng)
    return {
        "falls": len(leads),
        "unwarned": int((leads == 0).sum()),
        "median_s": asdict(median),
        "p10_s": float(np.quantile(leads, 0.1)),
        "share_of_0.3_s": float((leads >= 0.3).mean()),
    }


def calibration(
    probability: Float, soon: NDArray[np.bool_], rng: np.random.Generator
) -> dict[str, Any]:
    """Return reliability table, Brier score and expected calibration error, both over robots.

    Args:
        probability: predicted, (T, N).
        soon: whether the fall came, (T, N).
        rng: for the bootstrap over robots.
    """
    which = np.minimum((probability * BINS).astype(int), BINS - 1)
    robots = probability.shape[1]
    count, predicted, seen = (np.zeros((robots, BINS)) for _ in range(3))
    for b in range(BINS):
        here = which == b
        count[:, b] = here.sum(axis=0)
        predicted[:, b] = (probability * here).sum(axis=0)
        seen[:, b] = (soon & here).sum(axis=0)
    squared = ((probability - soon) ** 2).mean(axis=0)

    def error(at: NDArray[np.intp]) -> float:
        gap = np.abs(predicted[at].sum(axis=0) - seen[at].sum(axis=0))
        return float(gap.sum() / count[at].sum())

    total = np.maximum(count.sum(axis=0), 1)
    table = [
        {
            "from": b / BINS,
            "n": int(count[:, b].sum()),
            "predicted": float(predicted[:, b].sum() / total[b]),
            "observed": float(seen[:, b].sum() / total[b]),
        }
        for b in range(BINS)
    ]
    return {
        "brier": asdict(bootstrap(lambda at: float(squared[at].mean()), robots, rng)),
        "brier_of_the_mean_rate": float(soon.mean() * (1 - soon.mean())),
        "expected_calibration_error": asdict(bootstrap(error, robots, rng)),
        "reliability": table,
    }
