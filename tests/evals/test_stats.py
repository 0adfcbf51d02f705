from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.evals.stats import Z_95, wilson


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
