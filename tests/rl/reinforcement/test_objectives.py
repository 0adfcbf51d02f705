"""Log-probabilities against numpy's own Gaussian, the clipped ratio and the divergence by hand."""

import math

import numpy as np
import pytest
import torch

from canter.rl.reinforcement.exploration import Exploration
from canter.rl.reinforcement.objectives import (
    clipped_objective,
    divergence,
    executed,
    log_likelihood,
)


def test_log_likelihood_is_that_of_the_noise_as_one_gaussian_over_all_pictures() -> None:
    how = Exploration(noise=0.1, smooth=0.6)
    steps, sigma = 5, 0.3
    apart = np.abs(np.subtract.outer(np.arange(steps), np.arange(steps)))
    covariance = sigma**2 * how.smooth**apart  # of the stationary process that is drawn
    error = np.random.default_rng(0).normal(size=(2, steps)).astype(np.float32)
    joint = -0.5 * np.einsum("bi,ij,bj->b", error, np.linalg.inv(covariance), error)
    got = log_likelihood(torch.from_numpy(error)[..., None], torch.tensor([sigma]), how)
    np.testing.assert_allclose(got.sum(1).numpy(), joint, rtol=1e-4)


def test_without_carry_over_it_is_minus_half_the_squared_error_in_sigmas() -> None:
    error = torch.tensor([[[0.2, 0.0], [0.1, 0.3]]])
    got = log_likelihood(error, torch.tensor([0.1, 0.3]), Exploration(smooth=0.0))
    np.testing.assert_allclose(got.numpy(), [[-2.0, -1.0]], rtol=1e-5)


@pytest.mark.parametrize(
    ("ratio", "advantage", "objective", "clipped"),
    [
        (1.5, 1.0, 1.28, 1.0),  # has become probable enough
        (1.5, -1.0, -1.5, 0.0),  # a bad command that became more probable still counts
        (0.5, -1.0, -0.8, 1.0),
        (0.5, 1.0, 0.5, 0.0),
        (1.1, 2.0, 2.2, 0.0),
    ],
)
def test_the_ratio_is_clipped_where_it_would_gain_more(
    ratio: float, advantage: float, objective: float, clipped: float
) -> None:
    loss, share = clipped_objective(
        torch.tensor([math.log(ratio)]), torch.tensor([advantage]), clip_low=0.2, clip_high=0.28
    )
    assert float(loss) == pytest.approx(-objective, rel=1e-5)
    assert share == clipped


def test_a_clipped_ratio_has_no_gradient() -> None:
    log_ratio = torch.tensor([math.log(1.5), 0.0], requires_grad=True)
    loss, _ = clipped_objective(log_ratio, torch.ones(2), clip_low=0.2, clip_high=0.28)
    loss.backward()
    assert log_ratio.grad is not None
    np.testing.assert_allclose(log_ratio.grad.numpy(), [0.0, -0.5])


def test_divergence_is_that_of_gaussians_of_one_sigma() -> None:
    values, start = torch.full((3, 10, 2), 0.3), torch.full((3, 10, 2), 0.1)
    expected = (0.2 / 0.1) ** 2 / 2 + (0.2 / 0.4) ** 2 / 2
    got = divergence(values, start, torch.tensor([0.1, 0.4]))
    assert float(got) == pytest.approx(expected)


def test_the_first_two_commands_of_a_chunk_are_executed() -> None:
    values = torch.arange(10.0)[None, :, None]
    assert executed(values).tolist() == [[0.5]]
