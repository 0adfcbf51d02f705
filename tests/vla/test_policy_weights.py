"""A policy file holds the model that it was exported from."""

from pathlib import Path

import onnx
import pytest
import torch

from canter.control.errors import CanterError
from canter.vla.learner import load_model
from canter.vla.runtime import SHIPPED
from tests.vla.conftest import make_model


def test_the_exported_model_comes_back(exported: Path) -> None:
    model, back = make_model(), load_model(exported)
    assert back.config == model.config
    assert not back.training
    expected = model.state_dict()
    assert back.state_dict().keys() == expected.keys()
    for name, value in back.state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=0, atol=0)


def test_the_shipped_model_can_be_trained_on() -> None:
    assert sum(p.numel() for p in load_model(SHIPPED).parameters()) > 1_000_000


def test_another_file_is_refused_by_name(tmp_path: Path, exported: Path) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(CanterError, match=r"text\.onnx"):
        load_model(tmp_path / "text.onnx")
    proto = onnx.load(str(exported))
    first = next(i for i in proto.graph.initializer if i.name == "model.fuse.0.weight")
    proto.graph.initializer.remove(first)
    onnx.save(proto, str(tmp_path / "less.onnx"))
    with pytest.raises(CanterError, match=r"less\.onnx holds no model of this version .*fuse"):
        load_model(tmp_path / "less.onnx")
