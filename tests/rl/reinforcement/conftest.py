"""A small model that stands: what reinforcement begins with in tests."""

from pathlib import Path

import pytest
import torch

from canter.control.types import CHUNK_STEPS
from canter.sim.perception.printed_boards import glyph_table
from canter.vla.config import PRESETS
from canter.vla.learner import save_model
from canter.vla.model import VlaModel

SURE_TO_STAND = 3.0
"""Logit of ``terminate``."""


@pytest.fixture
def model() -> VlaModel:
    torch.manual_seed(0)
    made = VlaModel(PRESETS["debug"], torch.from_numpy(glyph_table())).eval()
    fields = made.config.active_fields
    last = made.head.layers[-2]
    assert isinstance(last, torch.nn.Linear)
    with torch.no_grad():
        bias = last.bias.view(CHUNK_STEPS, len(fields))
        bias[:, fields.index("terminate")] = SURE_TO_STAND
    return made


@pytest.fixture
def start(model: VlaModel, tmp_path: Path) -> Path:
    path = tmp_path / "standing.pt"
    save_model(model, path)
    return path
