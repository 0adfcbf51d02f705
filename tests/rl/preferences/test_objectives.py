"""Losses by hand arithmetic, and the Gaussian by torch's own."""

import math

import pytest
import torch
from torch.distributions import Normal

from canter.rl.preferences.objectives import (
    divergence,
    dpo_loss,
    log_odds,
    log_probability,
    orpo_loss,
    simpo_loss,
)
from canter.rl.preferences.preference_settings import DpoLearning, OrpoLearning, SimpoLearning

NOW = torch.tensor([[-1.0, -2.0], [-3.0, -1.0]])
START = torch.tensor([[-2.0, -2.0], [-2.0, -2.0]])


def minus_log_sigmoid(x: float) -> float:
    """Return -log(1 / (1 + exp(-x)))."""
    return math.log1p(math.exp(-x))


def test_log_probabilities_differ_as_those_of_torch_do() -> None:
    action, one, two = torch.randn(3, 5, 7, 12, generator=torch.Generator().manual_seed(0))
    sigma = 0.3
    ours = log_probability(action, one, sigma) - log_probability(action, two, sigma)
    theirs = [Normal(mean, sigma).log_prob(action).sum(-1).mean(-1) for mean in (one, two)]
    torch.testing.assert_close(ours, theirs[0] - theirs[1], rtol=1e-4, atol=1e-4)


def test_the_divergence_is_that_of_torch() -> None:
    one, two = torch.randn(2, 9, 12, generator=torch.Generator().manual_seed(1))
    wanted = torch.distributions.kl_divergence(Normal(one, 0.3), Normal(two, 0.3)).sum(-1).mean()
    torch.testing.assert_close(divergence(one, two, 0.3), wanted)


def test_dpo_is_the_equation_of_its_paper() -> None:
    margins = (0.5 * ((-1 + 2) - (-2 + 2)), 0.5 * ((-3 + 2) - (-1 + 2)))
    wanted = sum(map(minus_log_sigmoid, margins)) / 2
    assert float(dpo_loss(NOW, START, DpoLearning(beta=0.5))) == pytest.approx(wanted, rel=1e-6)


def test_simpo_leaves_the_start_out_and_asks_for_a_margin() -> None:
    wanted = (minus_log_sigmoid(2.0 * 1 - 0.3) + minus_log_sigmoid(2.0 * -2 - 0.3)) / 2
    got = simpo_loss(NOW, torch.full_like(NOW, 99.0), SimpoLearning(beta=2.0, gamma=0.3))
    assert float(got) == pytest.approx(wanted, rel=1e-6)


def test_orpo_adds_the_odds_to_the_likelihood_of_what_was_chosen() -> None:
    def odds(log_p: float) -> float:
        return math.exp(log_p) / (1 - math.exp(log_p))

    ratios = (math.log(odds(-1) / odds(-2)), math.log(odds(-3) / odds(-1)))
    wanted = (1 + 3) / 2 + 0.7 * sum(map(minus_log_sigmoid, ratios)) / 2
    got = orpo_loss(NOW, START, OrpoLearning(weight=0.7))
    assert float(got) == pytest.approx(wanted, rel=1e-6)
    assert torch.isfinite(log_odds(torch.zeros(1))).all()  # a segment that is repeated to the bit
