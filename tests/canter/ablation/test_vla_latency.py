"""Steps are timed for every backbone and history, in graphs that compute what the model does."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from canter.ablation.latency import MEMORY_OUTPUTS, PARTS, MemoryGraph, step_ms
from canter.cli import EXIT_BAD_INPUT, main
from canter.vla.backbone import Backbone
from canter.vla.config import PRESETS
from canter.vla.export import traced


def test_every_cell_is_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "l.json"
    words = ["vla", "latency", "--preset", "debug", "--history", "1", "4", "--steps", "3"]
    assert main([*words, "--json", str(path)]) == 0
    rows = json.loads(path.read_text())["rows"]
    assert [(row["history"], row["backbone"]) for row in rows] == [
        (frames, kind) for frames in (1, 4) for kind in ("mamba", "transformer", "hybrid")
    ]
    assert all(0 < row[part]["p50"] <= row[part]["p99"] for row in rows for part in PARTS)
    size = {(row["history"], row["backbone"]): row["state_bytes"] for row in rows}
    assert size[4, "mamba"] == size[1, "mamba"]
    # A key, a value and a mark for each of three frames more, in float32.
    assert size[4, "transformer"] - size[1, "transformer"] == 3 * (2 * 16 + 1) * 4
    assert "transformer" in capsys.readouterr().out


def test_the_timed_memory_is_the_models() -> None:
    torch.manual_seed(0)
    blocks = Backbone(PRESETS["debug"]).eval()
    token, state = torch.randn(2, 16), torch.randn(2, blocks.layout.size)
    inputs = {"token": token.numpy(), "state": state.numpy()}
    graph = traced(MemoryGraph(blocks), inputs, MEMORY_OUTPUTS)
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    with torch.no_grad():
        expected = blocks.step(token, state)
    for got, wanted in zip(session.run(None, inputs), expected, strict=True):
        np.testing.assert_allclose(got, wanted.numpy(), atol=1e-5)
    assert set(step_ms(graph, inputs, 2)) == {"p50", "p99"}


def test_numbers_that_are_too_small_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vla", "latency", "--history", "0"]) == EXIT_BAD_INPUT
    assert "numbers from 1" in capsys.readouterr().err
