"""Every backbone runs alike over episodes and frame by frame, and forgets what it may not see."""

from dataclasses import replace

import pytest
import torch

from canter.vla.attention import AttentionBlock
from canter.vla.backbone import Backbone, Passed
from canter.vla.config import PRESETS, BackboneKind
from canter.vla.ssd import segments

KINDS: tuple[BackboneKind, ...] = ("mamba", "transformer", "hybrid")


def make(kind: BackboneKind, window: int = 5) -> Backbone:
    torch.manual_seed(1)
    return Backbone(replace(PRESETS["debug"], backbone=kind, blocks=3, window=window)).eval()


def run(backbone: Backbone, tokens: torch.Tensor) -> torch.Tensor:
    passed: Passed = backbone(tokens, torch.ones(tokens.shape[:2], dtype=torch.bool))
    return passed.tokens


@pytest.mark.parametrize("kind", KINDS)
def test_frame_by_frame_equals_the_episode(kind: BackboneKind) -> None:
    backbone, tokens = make(kind), torch.randn(2, 23, 16)
    state = torch.zeros(2, backbone.layout.size)
    with torch.no_grad():
        whole = run(backbone, tokens)
        for t in range(tokens.shape[1]):
            token, state = backbone.step(tokens[:, t], state)
            torch.testing.assert_close(token, whole[:, t], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_future_changes_nothing(kind: BackboneKind) -> None:
    backbone, tokens = make(kind), torch.randn(1, 12, 16)
    changed = tokens.clone()
    changed[:, 7:] += 1.0
    with torch.no_grad():
        before, after = run(backbone, tokens), run(backbone, changed)
    torch.testing.assert_close(before[:, :7], after[:, :7])
    assert (before[:, 7:] - after[:, 7:]).abs().amin(-1).max() > 0


def test_attention_sees_its_window_and_no_further() -> None:
    torch.manual_seed(0)
    block = AttentionBlock(16, 2, window=4).eval()
    tokens = torch.randn(1, 9, 16)
    changed = tokens.clone()
    changed[:, 2] += 1.0
    segment = segments(torch.zeros(1, 9, dtype=torch.bool))
    with torch.no_grad():
        one, _ = block(tokens, segment, block.initial_state(1, tokens))
        other, _ = block(changed, segment, block.initial_state(1, tokens))
    differs = (one - other).abs().amax(-1)[0] > 1e-6
    assert differs.tolist() == [False] * 2 + [True] * 4 + [False] * 3


def test_attention_goes_on_from_a_state_and_not_into_another_episode() -> None:
    torch.manual_seed(0)
    block = AttentionBlock(16, 2, window=6).eval()
    tokens = torch.randn(1, 10, 16)
    same = torch.zeros(1, 10, dtype=torch.int64)
    with torch.no_grad():
        whole, _ = block(tokens, same, block.initial_state(1, tokens))
        _, state = block(tokens[:, :4], same[:, :4], block.initial_state(1, tokens))
        rest, _ = block(tokens[:, 4:], same[:, 4:], state)
        alone, _ = block(tokens[:, 4:], same[:, 4:], block.initial_state(1, tokens))
        new, _ = block(tokens[:, 4:], same[:, 4:] + 1, state)
    torch.testing.assert_close(rest, whole[:, 4:], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(new, alone, atol=1e-5, rtol=1e-5)


def test_attention_weighs_by_hand() -> None:
    """With equal keys only age tells frames apart."""
    block = AttentionBlock(2, 1, window=3)
    slope = 2.0**-8
    values = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]])
    zeros = torch.zeros(1, 3, 2)
    age = torch.tensor([[2, 1, 0]])
    mixed = block._mix(zeros[:, :1], zeros, values, age, torch.ones(1, 1, 3, dtype=torch.bool))
    weight = torch.softmax(-slope * torch.tensor([2.0, 1.0, 0.0]), 0)
    torch.testing.assert_close(mixed[0, 0], weight[:2])
