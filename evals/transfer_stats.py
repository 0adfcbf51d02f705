"""Intervals and paired comparisons of the transfer matrix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.evals.stats import mcnemar
from canter.evals.transfer_episode import Episode

Float = NDArray[np.floating]

RESAMPLES = 4000
_BOOTSTRAP_SEED = 0xB007
TAIL = 2.5
"""Percentage cut off at each end of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its bootstrap 95 % interval.

    Attributes:
        value: the figure; None where nothing was observed.
        lo: lower end of the interval.
        hi: upper end of the interval.
        n: episodes, or pairs of them, behind it.
    """

    value: float | None
    lo: float | None
    hi: float | None
    n: int

    def __str__(self) -> str:
        """Return the figure as it stands in tables."""
        if self.value is None or self.lo is None or self.hi is None:
            return "-"
        return f"{self.value:.3f} [{self.lo:.3f}, {self.hi:.3f}]"


def bootstrap(units: int, figure: Callable[[NDArray[np.intp]], float]) -> Estimate:
    """Return a figure of resampled units with its percentile interval (Efron 1979).

    Args:
        units: how many independent units there are.
        figure: from the numbers of the units taken, (units,), to the figure; NaN where these
            units have none.
    """
    if units == 0:
        return Estimate(None, None, None, 0)
    value = figure(np.arange(units))
    if np.isnan(value):
        return Estimate(None, None, None, units)
    rng = np.random.default_rng(_BOOTSTRAP_SEED)
    draws = np.array([figure(rng.integers(0, units, units)) for _ in range(RESAMPLES)])
    lo, hi = np.nanpercentile(draws, [TAIL, 100 - TAIL])
    return Estimate(float(value), float(lo), float(hi), units)


def mean(values: Sequence[float]) -> Estimate:
    """Return the mean of independent values."""
    array = np.asarray(values, np.float64)
    return bootstrap(len(array), lambda taken: float(array[taken].mean()))


@dataclass(frozen=True, slots=True)
class Paired:
    """One arrangement against the baseline on the same episodes of one body.

    Attributes:
        n: episodes that both were judged in.
        only_baseline: of these, those that only the baseline survived.
        only_this: those that only this arrangement survived.
        p_survival: of McNemar's exact test on these two counts.
        only_baseline_success: episodes in which only the baseline succeeded.
        only_this_success: episodes in which only this arrangement succeeded.
        p_success: of McNemar's exact test on these two counts.
        planar: mean difference of the planar error, this less baseline, m/s, over the episodes
            that both survived.
    """

    n: int
    only_baseline: int
    only_this: int
    p_survival: float
    only_baseline_success: int
    only_this_success: int
    p_success: float
    planar: Estimate


def paired(baseline: Sequence[Episode], this: Sequence[Episode]) -> Paired:
    """Compare two arrangements on one body, episode by episode."""
    pairs = [(a, b) for a, b in zip(baseline, this, strict=True) if a.judged and b.judged]
    lost, won = _discordant([(a.survived, b.survived) for a, b in pairs])
    lost_success, won_success = _discordant([(a.success, b.success) for a, b in pairs])
    return Paired(
        n=len(pairs),
        only_baseline=lost,
        only_this=won,
        p_survival=mcnemar(lost, won),
        only_baseline_success=lost_success,
        only_this_success=won_success,
        p_success=mcnemar(lost_success, won_success),
        planar=mean(
            [b.planar - a.planar for a, b in pairs if a.planar is not None and b.planar is not None]
        ),
    )


def _discordant(outcomes: Sequence[tuple[bool, bool]]) -> tuple[int, int]:
    """Return how often only the first holds, and only the second."""
    return sum(a and not b for a, b in outcomes), sum(b and not a for a, b in outcomes)


@dataclass(frozen=True, slots=True)
class Pooled:
    """One arrangement against the baseline over the whole matrix.

    The commands and starts of an episode are those of the same number in every body, so the
    intervals resample episode numbers, each with all its bodies.

    Attributes:
        n: pairs of episodes that were judged.
        falls: of the arrangement.
        baseline_falls: of the baseline.
        fall_ratio: falls over the baseline's.
        failure_ratio: episodes without success over the baseline's.
        planar: mean paired difference of the planar error, m/s, where both survived.
    """

    n: int
    falls: int
    baseline_falls: int
    fall_ratio: Estimate
    failure_ratio: Estimate
    planar: Estimate


def pooled(
    baseline: Mapping[str, Sequence[Episode]], this: Mapping[str, Sequence[Episode]]
) -> Pooled:
    """Compare two arrangements over all bodies that both ran in."""
    bodies = [body for body in baseline if body in this]
    rows = [[(a, b) for a, b in zip(baseline[body], this[body], strict=True)] for body in bodies]
    table = [[row[i] for row in rows] for i in range(len(rows[0]))] if rows else []

    def counts(select: Callable[[Episode], bool]) -> Float:
        """Return how many episodes are selected, (numbers, 2)."""
        judged = [[(a, b) for a, b in line if a.judged and b.judged] for line in table]
        return np.array(
            [[sum(select(pair[side]) for pair in line) for side in (0, 1)] for line in judged]
        ).reshape(-1, 2)

    fallen, failed = counts(lambda e: not e.survived), counts(lambda e: not e.success)
    gaps = np.array(
        [
            [
                b.planar - a.planar if a.planar is not None and b.planar is not None else np.nan
                for a, b in line
            ]
            for line in table
        ]
    )
    falls, all_pairs = fallen.sum(0), counts(lambda _: True)
    return Pooled(
        n=int(all_pairs[:, 0].sum()),
        falls=int(falls[1]),
        baseline_falls=int(falls[0]),
        fall_ratio=bootstrap(len(table), lambda taken: _ratio(fallen[taken])),
        failure_ratio=bootstrap(len(table), lambda taken: _ratio(failed[taken])),
        planar=bootstrap(len(table), lambda taken: _mean(gaps[taken])),
    )


def _ratio(counts: Float) -> float:
    """Return the second column's sum over the first's, NaN where that is zero."""
    first, second = counts.sum(0)
    return float(second / first) if first else float("nan")


def _mean(values: Float) -> float:
    """Return the mean of what is not NaN."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
