"""An untrained model that knows two tasks, and a gait that soon falls, for short episodes."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.evals.tumbling import write_tumbling

KNOWN = ("distinguish", "go_to")
"""Tasks of the tiny model."""


@pytest.fixture(scope="session")
def tumbling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tumbling(tmp_path_factory.mktemp("policies") / "tumbling.onnx")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch = pytest.importorskip("torch")
    from canter.control.vocab import GLYPHS  # noqa: PLC0415
    from canter.vla.config import PRESETS  # noqa: PLC0415
    from canter.vla.export import export_policy, vla_contract  # noqa: PLC0415
    from canter.vla.model import VlaModel  # noqa: PLC0415

    torch.manual_seed(0)
    config = replace(PRESETS["debug"], tasks=KNOWN)
    model = VlaModel(config, torch.rand(len(GLYPHS), 16)).eval()
    path = tmp_path_factory.mktemp("models") / "tiny.onnx"
    contract = vla_contract(config, training_commit="0123abc", training_seed=0)
    export_policy(model, contract, path)
    return path
