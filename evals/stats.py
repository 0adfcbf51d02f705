"""Statistics that stand beside every rate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import comb, sqrt
from typing import Self

from canter.control.errors import CanterError

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""
PAIRS = ((True, True), (True, False), (False, True), (False, False))
"""What two systems may do on one case, in the order of PairedRates."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion with its Wilson 95 % interval.

    Attributes:
        rate: observed proportion; 0 where nothing was observed.
        lo: lower end of the interval.
        hi: upper end of the interval.
    """

    rate: float
    lo: float
    hi: float

    def as_dict(self) -> dict[str, float]:
        """Return the fields by name."""
        return asdict(self)

    def __str__(self) -> str:
        """Return the rate with its interval, as printed in tables."""
        return f"{self.rate:.3f} [{self.lo:.3f}, {self.hi:.3f}]"


def wilson(successes: int, n: int) -> Rate:
    """Return the Wilson score interval of a binomial proportion (Wilson 1927).

    Raises:
        CanterError: the counts are not 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise CanterError(f"a rate takes 0 <= successes <= n, got {successes} of {n}")
    if n == 0:
        return Rate(0.0, 0.0, 1.0)
    p = successes / n
    scale = 1 + Z_95**2 / n
    centre = (p + Z_95**2 / (2 * n)) / scale
    half = Z_95 * sqrt(p * (1 - p) / n + Z_95**2 / (4 * n * n)) / scale
    # At 0 and 1 the interval ends at the rate itself, which rounding may just miss.
    return Rate(p, max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)))


def mean_rate(rates: Sequence[Rate]) -> Rate:
    """Return the mean of independent proportions, all of equal weight, with its 95 % interval.

    The variances of the proportions are recovered from the ends of their Wilson intervals (MOVER,
    Zou and Donner 2008), so that rates of 0 and 1 have some.

    Raises:
        CanterError: there are no rates.
    """
    if not rates:
        raise CanterError("a mean takes at least one rate, got none")
    n = len(rates)
    mean = sum(one.rate for one in rates) / n
    below = sqrt(sum((one.rate - one.lo) ** 2 for one in rates)) / n
    above = sqrt(sum((one.hi - one.rate) ** 2 for one in rates)) / n
    return Rate(mean, max(0.0, mean - below), min(1.0, mean + above))


def mcnemar(only_first: int, only_second: int) -> float:
    """Return p of McNemar's exact test of two systems on the same cases, two-sided.

    Args:
        only_first: cases in which the first alone succeeded.
        only_second: cases in which the second alone succeeded.

    Raises:
        CanterError: a count is negative.
    """
    if min(only_first, only_second) < 0:
        raise CanterError(f"counts are not negative, got {only_first} and {only_second}")
    n = only_first + only_second
    tail = sum(comb(n, k) for k in range(min(only_first, only_second) + 1)) / 2**n
    return min(1.0, 2.0 * float(tail))


@dataclass(frozen=True, slots=True)
class PairedRates:
    """Two systems on the same cases, each of which either may meet or miss.

    Attributes:
        both: cases that both met.
        only_first: cases that the first alone met.
        only_second: cases that the second alone met.
        neither: cases that both missed.
    """

    both: int
    only_first: int
    only_second: int
    neither: int

    @classmethod
    def of(cls, outcomes: Sequence[tuple[bool, bool]]) -> Self:
        """Return the counts of cases, each with what the first and the second did."""
        count = Counter((bool(a), bool(b)) for a, b in outcomes)
        return cls(*(count[pair] for pair in PAIRS))

    @property
    def n(self) -> int:
        """Number of cases."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def first(self) -> Rate:
        """Rate of the first."""
        return wilson(self.both + self.only_first, self.n)

    @property
    def second(self) -> Rate:
        """Rate of the second."""
        return wilson(self.both + self.only_second, self.n)

    @property
    def p(self) -> float:
        """Of McNemar's exact test."""
        return mcnemar(self.only_first, self.only_second)

    def difference(self) -> tuple[float, float, float]:
        """Return second less first, with the lower and the upper end of its 95 % interval.

        Newcombe's method 10 for paired data (Statistics in Medicine 17, 1998, 2635-2650): the ends
        of both Wilson intervals, squared and added, with the correlation of the two.
        """
        a, b = self.first, self.second
        gap, share = b.rate - a.rate, 2 * self._correlation()
        down, up = (b.rate - b.lo, a.hi - a.rate), (b.hi - b.rate, a.rate - a.lo)
        lo, hi = (sqrt(max(0.0, x * x - share * x * y + y * y)) for x, y in (down, up))
        return gap, max(-1.0, gap - lo), min(1.0, gap + hi)

    def _correlation(self) -> float:
        """Return phi of the two, corrected for continuity where it is positive."""
        met, missed = self.both + self.only_first, self.only_second + self.neither
        met_too, missed_too = self.both + self.only_second, self.only_first + self.neither
        scale = sqrt(met * missed * met_too * missed_too)
        if not scale:
            return 0.0
        product = self.both * self.neither - self.only_first * self.only_second
        return min(product, max(0.0, product - self.n / 2)) / scale

    def as_dict(self) -> dict[str, object]:
        """Return counts, rates, difference and p by name."""
        value, lo, hi = self.difference()
        return {
            "n": self.n,
            **asdict(self),
            "first": self.first.as_dict(),
            "second": self.second.as_dict(),
            "difference": {"value": value, "lo": lo, "hi": hi},
            "p": self.p,
        }
