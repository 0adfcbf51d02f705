from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.evals.stats import PAIRS, Z_95, PairedRates, mcnemar, mean_rate, wilson


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_ends_of_the_interval_solve_the_score_equation(counts: tuple[int, int]) -> None:
    """At an end p0 the score test is just significant: |p - p0| = z sqrt(p0 (1 - p0) / n)."""
    k, n = counts
    found = wilson(k, n)
    for end in (found.lo, found.hi):
        assert abs(k / n - end) == pytest.approx(Z_95 * sqrt(end * (1 - end) / n), abs=1e-7)
    assert 0 <= found.lo <= found.rate <= found.hi <= 1


def test_published_example() -> None:
    """81 of 263, Newcombe (1998), table I: 0.2553 to 0.3662."""
    found = wilson(81, 263)
    assert (round(found.lo, 4), round(found.hi, 4)) == (0.2553, 0.3662)


def test_nothing_observed_says_nothing() -> None:
    assert wilson(0, 0).as_dict() == {"rate": 0.0, "lo": 0.0, "hi": 1.0}
    with pytest.raises(CanterError, match="3 of 2"):
        wilson(3, 2)


def test_a_mean_of_one_rate_is_that_rate_and_of_many_narrower() -> None:
    one = wilson(7, 20)
    assert mean_rate([one]).as_dict() == pytest.approx(one.as_dict())
    four = mean_rate([one] * 4)
    assert four.rate == pytest.approx(one.rate)
    assert four.rate - four.lo == pytest.approx((one.rate - one.lo) / 2)
    with pytest.raises(CanterError, match="at least one rate"):
        mean_rate([])


def test_the_interval_of_a_mean_covers_what_it_should() -> None:
    """Of 2000 draws of six tasks with known rates, 95 % of the intervals hold the true mean."""
    rng = np.random.default_rng(0)
    true = np.array([1.0, 0.98, 0.9, 0.8, 0.5, 0.2])
    draws = rng.binomial(40, true, (2000, len(true)))
    means = [mean_rate([wilson(int(k), 40) for k in draw]) for draw in draws]
    covered = np.mean([m.lo <= true.mean() <= m.hi for m in means])
    assert 0.93 <= covered <= 0.98


@pytest.mark.parametrize(
    ("counts", "lo", "hi"),
    [((1, 1, 7, 12), -0.507, -0.026), ((14, 5, 0, 22), 0.011, 0.226)],
)
def test_published_intervals_of_paired_differences(
    counts: tuple[int, int, int, int], lo: float, hi: float
) -> None:
    """Fagerland, Lydersen and Laake (2014), Bentur's data; Altman et al. (2000), table 6.2.

    Both take the second from the first.
    """
    both, only_first, only_second, neither = counts
    value, low, high = PairedRates(both, only_second, only_first, neither).difference()
    assert value == pytest.approx((only_first - only_second) / sum(counts))
    assert (round(low, 3), round(high, 3)) == (lo, hi)


@given(st.tuples(*(st.integers(0, 40) for _ in range(4))).filter(any))
def test_paired_rates_hold_together(counts: tuple[int, int, int, int]) -> None:
    outcomes = [pair for pair, count in zip(PAIRS, counts, strict=True) for _ in range(count)]
    found = PairedRates.of(outcomes)
    assert (found.both, found.only_first, found.only_second, found.neither) == counts
    assert found.first == wilson(sum(a for a, _ in outcomes), found.n)
    assert found.second == wilson(sum(b for _, b in outcomes), found.n)
    value, lo, hi = found.difference()
    assert -1 <= lo <= value <= hi <= 1
    swapped = PairedRates(found.both, found.only_second, found.only_first, found.neither)
    assert swapped.difference() == pytest.approx((-value, -hi, -lo))
    assert swapped.p == found.p == mcnemar(found.only_first, found.only_second)


def test_many_pairs_have_the_normal_interval() -> None:
    """For many pairs: z sqrt(b + c - (b - c)^2 / n) / n about the difference."""
    found = PairedRates(60000, 9000, 11000, 20000)
    value, lo, hi = found.difference()
    half = Z_95 * sqrt(20000 - 2000**2 / 100000) / 100000
    assert (value, lo, hi) == pytest.approx((0.02, 0.02 - half, 0.02 + half), abs=2e-5)
