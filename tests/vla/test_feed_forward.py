"""Experts see what the router sends them, step by step as over episodes, and cost what they say."""

import pytest
import torch

from canter.vla.config import PRESETS
from canter.vla.feed_forward import Experts, FeedForward, Routed, imbalance
from canter.vla.model import VlaModel, active_parameter_count, parameter_count
from canter.vla.variants import VARIANTS


def experts(active: int) -> Experts:
    torch.manual_seed(0)
    return Experts(d_model=6, width=4, experts=5, active=active)


@pytest.mark.parametrize("active", [1, 2, 5])
def test_one_token_is_as_among_many(active: int) -> None:
    layer, tokens = experts(active), torch.randn(7, 6)
    with torch.no_grad():
        torch.testing.assert_close(layer.step(tokens), layer(tokens).tokens)


def test_one_expert_by_hand() -> None:
    """Each token passes the feed-forward of its likeliest expert, weighed by its probability."""
    layer, tokens = experts(1), torch.randn(4, 6)
    with torch.no_grad():
        probability = layer.router(layer.norm(tokens)).softmax(-1)
        for token, after, share in zip(tokens, layer(tokens).tokens, probability, strict=True):
            best = int(share.argmax())
            dense = FeedForward(6, 4)
            dense.load_state_dict(
                {
                    "layers.0.weight": layer.norm.weight,
                    "layers.1.weight": layer.up[best].T,
                    "layers.3.weight": layer.down[best].T,
                }
            )
            torch.testing.assert_close(after - token, share[best] * (dense(token) - token))


def test_imbalance_is_one_where_all_see_alike_and_the_number_of_experts_where_one_sees_all() -> (
    None
):
    even = torch.full((1, 4, 4), 0.25)
    mask = torch.ones(1, 4, dtype=torch.bool)
    assert imbalance(Routed(even, even, torch.eye(4)[None]), mask).item() == pytest.approx(1.0)
    one = torch.zeros(1, 4, 4)
    one[..., 2] = 1.0
    assert imbalance(Routed(one, one, one), mask).item() == pytest.approx(4.0)
    mask[:, 1:] = False  # padding does not count
    assert imbalance(Routed(even, even, torch.eye(4)[None]), mask).item() == pytest.approx(1.0)
    one[:, 1:] = 0.25
    assert imbalance(Routed(one, one, one), mask).item() == pytest.approx(4.0)


def test_twins_are_as_large_as_the_experts_of_a_frame_and_as_all() -> None:
    base = PRESETS["nano"]
    model = {
        name: VlaModel(VARIANTS[name].config(base), torch.rand(30, 144))
        for name in ("mamba", "experts", "dense_active", "dense_total")
    }
    router = base.blocks * base.d_model * VARIANTS["experts"].changes["experts"]
    whole, active = (count(model["experts"]) for count in (parameter_count, active_parameter_count))
    assert parameter_count(model["dense_active"]) == active - router
    assert parameter_count(model["dense_total"]) == whole - router
    for name in ("mamba", "dense_total"):
        assert active_parameter_count(model[name]) == parameter_count(model[name])
