"""Statistics that stand beside every rate."""

from dataclasses import asdict, dataclass
from math import comb, sqrt

from canter.control.errors import CanterError

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


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
