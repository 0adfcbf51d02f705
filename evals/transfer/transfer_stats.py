"""Intervals and paired comparisons of the transfer matrix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from canter.evals.stats import mcnemar
from canter.evals.transfer.transfer_episode import Episode

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


def ratio(above: Sequence[float], below: Sequence[float]) -> Estimate:
    """Return sum(above) / sum(below) with its percentile interval (Efron 1979).

    Args:
        above: a number for each independent unit, all of which are resampled together.
        below: likewise.
    """
    parts = np.stack([np.asarray(above, np.float64), np.asarray(below, np.float64)], axis=-1)
    units = len(parts)
    if not units or not parts[:, 1].sum():
        return Estimate(None, None, None, units)
    rng = np.random.default_rng(_BOOTSTRAP_SEED)
    sums = parts[rng.integers(0, units, (RESAMPLES, units))].sum(axis=1)
    known = sums[sums[:, 1] > 0]  # a draw may hold none of what is divided by
    lo, hi = np.percentile(known[:, 0] / known[:, 1], [TAIL, 100 - TAIL])
    value = parts[:, 0].sum() / parts[:, 1].sum()
    return Estimate(float(value), float(lo), float(hi), units)


def mean(values: Sequence[float]) -> Estimate:
    """Return the mean of independent values."""
    return ratio(values, np.ones(len(values)).tolist())


@dataclass(frozen=True, slots=True)
class Paired:
    """One controller against the baseline on the same episodes of one body.

    Attributes:
        n: episodes that both were judged in.
        only_baseline: of these, those that only the baseline survived.
        only_this: those that only this controller survived.
        p_survival: of McNemar's exact test on these two counts.
        only_baseline_success: episodes in which only the baseline succeeded.
        only_this_success: episodes in which only this controller succeeded.
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
    """Compare two controllers on one body, episode by episode."""
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
        planar=mean(_gaps(pairs)),
    )


def _discordant(outcomes: Sequence[tuple[bool, bool]]) -> tuple[int, int]:
    """Return how often only the first holds, and only the second."""
    return sum(a and not b for a, b in outcomes), sum(b and not a for a, b in outcomes)


@dataclass(frozen=True, slots=True)
class Pooled:
    """One controller against the baseline over the whole matrix.

    The commands and starts of an episode are those of the same number in every body, so the
    intervals resample episode numbers, each with all its bodies.

    Attributes:
        n: pairs of episodes that were judged.
        falls: of the controller.
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
    """Compare two controllers over all bodies that both ran in."""
    shared = [body for body in baseline if body in this]
    pairs = [zip(baseline[body], this[body], strict=True) for body in shared]
    units = [
        [(a, b) for a, b in unit if a.judged and b.judged] for unit in zip(*pairs, strict=True)
    ]
    fallen = [[sum(not e.survived for e in side) for side in _sides(unit)] for unit in units]
    failed = [[sum(not e.success for e in side) for side in _sides(unit)] for unit in units]
    gaps = [_gaps(unit) for unit in units]
    return Pooled(
        n=sum(map(len, units)),
        falls=sum(ours for _, ours in fallen),
        baseline_falls=sum(theirs for theirs, _ in fallen),
        fall_ratio=ratio([ours for _, ours in fallen], [theirs for theirs, _ in fallen]),
        failure_ratio=ratio([ours for _, ours in failed], [theirs for theirs, _ in failed]),
        planar=ratio([sum(unit) for unit in gaps], [len(unit) for unit in gaps]),
    )


Pairs = Sequence[tuple[Episode, Episode]]
"""Episodes of the baseline and of another controller."""


def _sides(pairs: Pairs) -> tuple[list[Episode], list[Episode]]:
    """Return the baseline's episodes, then the other's."""
    return [a for a, _ in pairs], [b for _, b in pairs]


def _gaps(pairs: Pairs) -> list[float]:
    """Return the differences of the planar error where both survived, m/s."""
    return [b.planar - a.planar for a, b in pairs if a.planar is not None and b.planar is not None]
