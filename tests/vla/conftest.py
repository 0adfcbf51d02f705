"""A tiny model, shared by the tests of the VLA."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from canter.control.vocab import GLYPHS
from canter.vla.config import PRESETS, BackboneKind
from canter.vla.export import export_policy, vla_contract
from canter.vla.model import VlaModel
from tests.vla.records import SIGN_SIZE

NEVER_DONE = -3.0
"""Logit of `terminate`, so that an untrained model is not done by chance."""


@pytest.fixture
def model() -> VlaModel:
    return make_model()


def make_model(backbone: BackboneKind = "mamba") -> VlaModel:
    torch.manual_seed(0)
    config = replace(PRESETS["debug"], backbone=backbone)
    model = VlaModel(config, torch.rand(len(GLYPHS), SIGN_SIZE)).eval()
    terminate = config.active_fields.index("terminate")
    bias = model.state_dict()["head.layers.3.bias"]
    bias.unflatten(0, (-1, len(config.active_fields)))[:, terminate] = NEVER_DONE
    return model


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A debug policy file; every command range is full but that of vx."""
    path = tmp_path_factory.mktemp("vla") / "debug.onnx"
    model = make_model()
    contract = vla_contract(
        model.config,
        training_commit="0123abc",
        training_seed=3,
        command_ranges={"vx": (0.1, 0.2)},
    )
    export_policy(model, contract, path)
    return path
