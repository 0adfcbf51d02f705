"""Losses against hand arithmetic."""

import math

import pytest
import torch

from canter.control.types import GaitCommand
from canter.vla.codec import ChunkCodec
from canter.vla.heads import Percept
from canter.vla.losses import (
    ATTENTION_WEIGHT,
    BEARING_SCALE,
    BEARING_WEIGHT,
    COMMAND_SCALE,
    COMMAND_WEIGHT,
    TERMINATE_WEIGHT,
    action_loss,
    attention_loss,
    percept_loss,
)


def test_bearing_counts_only_where_seen() -> None:
    percept = Percept(torch.zeros(2), torch.tensor([1.0, 9.0]), torch.zeros(2))
    terms = percept_loss(percept, torch.tensor([True, False]), torch.zeros(2), torch.ones(2))
    assert terms["seen"].item() == pytest.approx(math.log(2))
    assert terms["bearing"].item() == pytest.approx(BEARING_WEIGHT * (1 - BEARING_SCALE / 2))
    assert terms["distance"].item() == 0.0


def test_nothing_seen_is_finite() -> None:
    percept = Percept(torch.zeros(2), torch.ones(2), torch.ones(2))
    terms = percept_loss(percept, torch.zeros(2, dtype=torch.bool), torch.zeros(2), torch.ones(2))
    assert terms["bearing"].item() == terms["distance"].item() == 0.0


def test_doubtful_presence_does_not_count() -> None:
    percept = Percept(torch.tensor([0.0, 9.0]), torch.zeros(2), torch.zeros(2))
    absent = torch.zeros(2, dtype=torch.bool)
    certain = torch.tensor([True, False])
    terms = percept_loss(percept, absent, torch.zeros(2), torch.ones(2), certain)
    assert terms["seen"].item() == pytest.approx(math.log(2))


def test_attention_loss_by_hand() -> None:
    where = torch.tensor([[0.0, 0.0], [1.0, 0.0]])  # half an image, 12 cells, apart
    attention = torch.tensor([[[0.25, 0.75]]])
    seen = torch.ones(1, 1, dtype=torch.bool)
    terms = attention_loss(attention, where, torch.zeros(1, 1, 2), seen)
    assert terms["attention"].item() == pytest.approx(ATTENTION_WEIGHT * math.log(4))


def test_action_loss_by_hand() -> None:
    codec = ChunkCodec(("vx", "terminate"))
    chunk = torch.from_numpy(GaitCommand(vx=0.75).to_array()).expand(3, 10, 12)
    terms = action_loss(torch.zeros(3, 10, 2), chunk, codec)
    error = 0.75 / 1.5  # vx has the range +-1.5
    assert terms["command"].item() == pytest.approx(COMMAND_WEIGHT * (error - COMMAND_SCALE / 2))
    assert terms["terminate"].item() == pytest.approx(TERMINATE_WEIGHT * math.log(2))
