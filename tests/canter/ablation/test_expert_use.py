"""Shares of experts, of a model whose router always chooses the same two."""

import pytest
import torch
from torch import Tensor

from canter.ablation.expert_use import expert_use
from canter.control.vocab import GLYPHS
from canter.vla.config import PRESETS
from canter.vla.feed_forward import Experts
from canter.vla.model import VlaModel
from canter.vla.variants import VARIANTS
from tests.vla.records import SIGN_SIZE, make_episode


def model(name: str) -> VlaModel:
    torch.manual_seed(0)
    config = VARIANTS[name].config(PRESETS["debug"])
    return VlaModel(config, torch.rand(len(GLYPHS), SIGN_SIZE)).eval()


def test_the_two_that_are_chosen_share_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def routes(experts: Experts, tokens: Tensor) -> tuple[Tensor, Tensor]:
        probability = torch.full((*tokens.shape[:-1], experts.experts), 0.01)
        probability[..., 5], probability[..., 2] = 0.6, 0.3
        return experts.norm(tokens), probability

    monkeypatch.setattr(Experts, "_routes", routes)
    episodes = [make_episode(length, seed=length) for length in (4, 7)]
    use = expert_use(model("experts"), episodes)
    assert list(use) == sorted({episode.task for episode in episodes})
    for shares in use.values():
        assert shares == pytest.approx([0, 0, 0.5, 0, 0, 0.5, 0, 0])


def test_a_model_without_experts_uses_none() -> None:
    assert expert_use(model("dense_total"), [make_episode(4)]) == {}
