"""Statistics from counts of values, against numpy on the pictures themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from canter.datasets.lerobot.pixels import count_values, moments, quantile

PICTURES = hnp.arrays(np.uint8, st.tuples(st.integers(1, 3), st.just(4), st.just(5), st.just(3)))


@given(PICTURES)
def test_moments_are_those_of_the_pixels(images: np.ndarray) -> None:
    found = moments(count_values(images))
    pixels = images.reshape(-1, 3) / 255
    expected = {"min": pixels.min(0), "max": pixels.max(0), "mean": pixels.mean(0)}
    expected["std"] = pixels.std(0)
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, abs=1e-7), name


@given(PICTURES, st.floats(0.01, 0.99))
def test_quantiles_are_numpys_lower_ones(images: np.ndarray, share: float) -> None:
    pixels = images.reshape(-1, 3) / 255
    expected = np.quantile(pixels, share, axis=0, method="inverted_cdf")
    assert quantile(count_values(images), share) == pytest.approx(expected)


@given(PICTURES, PICTURES)
def test_counts_of_two_sets_add_up(one: np.ndarray, other: np.ndarray) -> None:
    both = np.concatenate([one, other])
    assert np.array_equal(count_values(one) + count_values(other), count_values(both))
