"""Exposure, noise and focus of pictures against closed forms, and what stays as it is."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import gaussian_filter
from torch import Tensor

from canter.vla.picture import (
    BLURRED,
    MOST_GAIN,
    SHARP,
    USUAL_MEAN,
    exposed,
    focused,
    neighbourhoods,
    noise_std,
    sharpness,
    without_noise,
)


def pictures(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(array, np.float32))


def edges(rng: np.random.Generator) -> np.ndarray:
    """Return two pictures of a light half and a dark half, (2, 3, 48, 48)."""
    image = np.full((2, 3, 48, 48), 60.0)
    image[0, :, :, 20:] = 180.0
    image[1, :, 31:] = 180.0
    return image + rng.uniform(-0.5, 0.5, image.shape)


@pytest.mark.parametrize(
    ("mean", "expected"),
    [(100.0, 100.0), (20.0, USUAL_MEAN[0]), (200.0, USUAL_MEAN[1]), (4.0, 4.0 * MOST_GAIN)],
)
def test_a_mean_comes_to_the_edge_of_the_usual(mean: float, expected: float) -> None:
    image = torch.full((1, 3, 8, 8), mean)
    image[:, 0] *= 1.2
    image[:, 1] *= 0.8
    after = exposed(image)
    assert after.mean().item() == pytest.approx(expected, rel=1e-5)
    torch.testing.assert_close(after / image, torch.full_like(image, expected / mean))


def test_a_black_picture_stays_black() -> None:
    black = torch.zeros(1, 3, 8, 8)
    assert torch.equal(exposed(black), black)
    assert torch.isfinite(without_noise(black)).all()


def test_exposure_and_noise_are_those_of_each_picture_alone() -> None:
    rng = np.random.default_rng(0)
    both = pictures(edges(rng) * np.array([0.3, 1.0])[:, None, None, None])
    for function in (exposed, without_noise):
        torch.testing.assert_close(function(both)[:1], function(both[:1]))


@pytest.mark.parametrize("std", [3.0, 10.0, 30.0])
def test_noise_is_told_from_planes_and_edges(std: float) -> None:
    rng = np.random.default_rng(1)
    image = edges(rng) + np.linspace(0, 40, 48)
    noisy = pictures(image + std * rng.standard_normal(image.shape))
    assert noise_std(noisy).flatten().numpy() == pytest.approx(std, rel=0.1)
    assert noise_std(pictures(edges(rng))).max() < 0.5


def test_noise_goes_and_edges_stay() -> None:
    rng = np.random.default_rng(2)
    clean = edges(rng)
    noisy = clean + 25.0 * rng.standard_normal(clean.shape)
    left = without_noise(pictures(noisy)).numpy() - clean
    assert left.std() < 0.5 * 25.0
    kept = without_noise(pictures(clean)).numpy()
    assert np.abs(kept - clean).max() < 1.0  # rounding alone is taken away


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    return np.asarray(gaussian_filter(image, (0, 0, sigma, sigma), mode="nearest"))


@pytest.mark.parametrize("contrast", [0.2, 1.0])
def test_sharpness_falls_with_the_blur_whatever_the_contrast(contrast: float) -> None:
    image = edges(np.random.default_rng(3)).round(-1)
    told = [sharpness(pictures(contrast * blurred(image, s))) for s in (0.0, 1.0, 2.0, 3.4)]
    assert all((a > b).all() for a, b in pairwise(told))
    assert told[0].min() > SHARP
    assert told[-1].numpy() == pytest.approx(BLURRED, abs=0.02)


def test_a_sharp_picture_stays_and_a_blurred_edge_is_steeper() -> None:
    image = edges(np.random.default_rng(4)).round(-1)
    torch.testing.assert_close(focused(pictures(image)), pictures(image))
    soft = blurred(image, 2.0)
    slopes = [np.abs(np.diff(x, axis=3)).max() for x in (soft, focused(pictures(soft)).numpy())]
    assert slopes[1] > 1.5 * slopes[0]


def test_a_picture_of_one_colour_stays() -> None:
    plain = torch.full((1, 3, 16, 16), 90.0)
    torch.testing.assert_close(focused(plain), plain)


def test_little_variance_of_a_bright_picture_is_exact() -> None:
    """A twentieth of a grey level, where squares are 60 000 and a float has seven digits."""
    rng = np.random.default_rng(0)
    exact = (245.0 + rng.normal(0, 0.05, (1, 3, 12, 12))).astype(np.float32)
    mean, variance = neighbourhoods(torch.from_numpy(exact))
    around = sliding_window_view(exact.astype(np.float64), (3, 3), axis=(2, 3))
    inner = np.s_[..., 1:-1, 1:-1]
    np.testing.assert_allclose(mean.numpy()[inner], around.mean((-2, -1)), rtol=1e-6)
    np.testing.assert_allclose(variance.numpy()[inner], around.var((-2, -1)), rtol=1e-3)
