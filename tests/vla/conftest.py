"""A tiny model with a tiny vocabulary, shared by the tests of the VLA."""

from pathlib import Path

import numpy as np
import pytest
import torch

from canter.datasets.language.tokens import Tokeniser
from canter.vla.config import PRESETS
from canter.vla.export import export_policy, vla_contract
from canter.vla.model import VlaModel

WORDS = ("go", "to", "the", "red", "blue", "ball", "cube", "walk")


@pytest.fixture(scope="session")
def tokeniser() -> Tokeniser:
    vectors = np.random.default_rng(0).normal(size=(len(WORDS), 6)).astype(np.float32)
    return Tokeniser(WORDS, vectors)


@pytest.fixture
def model(tokeniser: Tokeniser) -> VlaModel:
    return make_model(tokeniser)


def make_model(tokeniser: Tokeniser) -> VlaModel:
    torch.manual_seed(0)
    return VlaModel(PRESETS["debug"], torch.from_numpy(tokeniser.word_vectors().copy())).eval()


@pytest.fixture(scope="session")
def exported(tokeniser: Tokeniser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A debug policy file; every command range is full but that of vx."""
    path = tmp_path_factory.mktemp("vla") / "debug.onnx"
    contract = vla_contract(
        tokeniser, training_commit="0123abc", training_seed=3, command_ranges={"vx": (0.1, 0.2)}
    )
    export_policy(make_model(tokeniser), contract, path)
    return path
