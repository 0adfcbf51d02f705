"""Exposure and noise of pictures against closed forms, and what stays as it is."""

import numpy as np
import pytest
import torch
from torch import Tensor

from canter.vla.picture import MOST_GAIN, USUAL_MEAN, exposed, noise_std, without_noise


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
