"""Losses against hand arithmetic."""

import math

import pytest
import torch

from canter.control.types import GaitCommand
from canter.vla.heads import ChunkCodec, Percept
from canter.vla.losses import (
    BEARING_SCALE,
    BEARING_WEIGHT,
    COMMAND_SCALE,
    COMMAND_WEIGHT,
    TERMINATE_WEIGHT,
    action_loss,
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


def test_action_loss_by_hand() -> None:
    codec = ChunkCodec(("vx", "terminate"))
    chunk = torch.from_numpy(GaitCommand(vx=0.75).to_array()).expand(3, 10, 12)
    terms = action_loss(torch.zeros(3, 10, 2), chunk, codec)
    error = 0.75 / 1.5  # vx has the range +-1.5
    assert terms["command"].item() == pytest.approx(COMMAND_WEIGHT * (error - COMMAND_SCALE / 2))
    assert terms["terminate"].item() == pytest.approx(TERMINATE_WEIGHT * math.log(2))
