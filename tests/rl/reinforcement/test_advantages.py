"""Advantages by hand, and what is refused."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.rl.reinforcement.advantages import generalised_advantages, has_spread, leave_one_out


def test_each_is_compared_with_the_others_alone() -> None:
    # one success of four: it beats three failures; each failure is behind a mean of 1/3
    np.testing.assert_allclose(leave_one_out([1, 0, 0, 0]), [1, -1 / 3, -1 / 3, -1 / 3])
    np.testing.assert_allclose(leave_one_out([1, 1, 0]), [0.5, 0.5, -1])


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=12))
def test_advantages_sum_to_nothing_and_vanish_without_spread(rewards: list[float]) -> None:
    advantages = leave_one_out(rewards)
    assert advantages.sum() == pytest.approx(0.0, abs=1e-9)
    assert has_spread(rewards) == bool(np.any(advantages))


@pytest.mark.parametrize("reward", [math.nan, math.inf])
def test_a_reward_that_is_no_number_is_an_error(reward: float) -> None:
    with pytest.raises(CanterError, match="each must be 0 or 1"):
        leave_one_out([1.0, reward])


def test_one_rollout_has_no_fellows() -> None:
    with pytest.raises(CanterError, match="give 2 or more"):
        leave_one_out([1.0])


def test_generalised_advantages_by_hand() -> None:
    values = torch.tensor([[0.5, 0.6, 0.8], [0.4, 0.3, 9.0]])  # the second is padded
    mask = torch.tensor([[True, True, True], [True, True, False]])
    found = generalised_advantages(values, torch.tensor([1.0, 0.0]), mask, 0.9, 0.5)
    # surprises: 0.9 * 0.6 - 0.5 = 0.04, 0.9 * 0.8 - 0.6 = 0.12, 1 - 0.8 = 0.2; decay 0.45
    first = [0.04 + 0.45 * (0.12 + 0.45 * 0.2), 0.12 + 0.45 * 0.2, 0.2]
    # 0.9 * 0.3 - 0.4 = -0.13, 0 - 0.3
    second = [-0.13 + 0.45 * -0.3, -0.3, 0.0]
    np.testing.assert_allclose(found.numpy(), [first, second], atol=1e-6)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9), st.sampled_from([0.0, 1.0]))
def test_without_decay_it_is_the_reward_less_what_was_expected(
    values: list[float], reward: float
) -> None:
    told, mask = torch.tensor([values]), torch.ones(1, len(values), dtype=torch.bool)
    found = generalised_advantages(told, torch.tensor([reward]), mask, 1.0, 1.0)
    np.testing.assert_allclose(found.numpy(), reward - told.numpy(), atol=1e-5)


@given(
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9),
    st.sampled_from([0.0, 1.0]),
    st.floats(0.1, 1.0),
    st.floats(0.0, 1.0),
)
def test_the_lambda_return_is_a_probability(
    values: list[float], reward: float, discount: float, gae_lambda: float
) -> None:
    told, mask = torch.tensor([values]), torch.ones(1, len(values), dtype=torch.bool)
    gain = generalised_advantages(told, torch.tensor([reward]), mask, discount, gae_lambda)
    assert -1e-5 <= float((told + gain).min()) <= float((told + gain).max()) <= 1.0 + 1e-5
