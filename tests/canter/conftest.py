"""Small policies and scenes with which the whole stack runs in a second."""

from pathlib import Path

import numpy as np
import pytest

from canter.vla.export import export_policy, vla_contract
from tests.control.policies import WIDTH, golden, linear_graph, write_policy
from tests.vla.conftest import make_model

BALL_AHEAD = """
start: [0, 0, 0]
objects:
  - {shape: ball, colour: red, size: 0.3, pose: [0.7, 0, 0]}
  - {shape: cube, colour: blue, size: 0.3, pose: [-2, 0, 0]}
"""
"""The ball's surface is 0.5-0.6 m ahead, where a robot that was told to go to it should stop."""


@pytest.fixture(scope="session")
def locomotion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A locomotion policy that stands whatever it is told: its action is zero."""
    path = tmp_path_factory.mktemp("locomotion") / "stand.onnx"
    weights = np.zeros((WIDTH, 12), np.float32)
    return write_policy(path, None, golden(weights), linear_graph(weights))


@pytest.fixture(scope="session")
def vla(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained VLA policy."""
    path = tmp_path_factory.mktemp("vla") / "debug.onnx"
    model = make_model()
    contract = vla_contract(model.config, training_commit="0123abc", training_seed=3)
    export_policy(model, contract, path)
    return path


@pytest.fixture
def policies(vla: Path, locomotion: Path) -> list[str]:
    """Words of the command line that name the small policies."""
    return ["--policy", str(vla), "--locomotion", str(locomotion)]


@pytest.fixture
def ball_ahead(tmp_path: Path) -> Path:
    path = tmp_path / "ball_ahead.yaml"
    path.write_text(BALL_AHEAD)
    return path
