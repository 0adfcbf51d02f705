"""``canter vla latency``: how long a step takes, by what remembers and how far it looks back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import onnx
import onnxruntime
import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor, nn

from canter.ablation.options import VlaLatency
from canter.control.loop.clock import StageTimers
from canter.control.types import GAIT_RANGES
from canter.evals.report import check_writable, command_line, document, write_json
from canter.sim.perception.printed_boards import glyph_table
from canter.vla.backbone import Backbone
from canter.vla.config import PRESETS, BackboneKind, VlaConfig
from canter.vla.export import OUTPUTS, Arrays, StepGraph, random_inputs, traced
from canter.vla.model import VlaModel

WARM_UP_STEPS = 20
MEMORY_OUTPUTS = ("next_token", "next_state")
PARTS = {"memory": "what remembers alone", "model": "the whole step"}


class MemoryGraph(nn.Module):
    """The step of a backbone alone: token (B, d_model) and state (B, size) to both after it."""

    def __init__(self, blocks: Backbone) -> None:
        super().__init__()
        self.blocks = blocks

    def forward(self, token: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Advance one frame."""
        out = self.blocks.step(token, state)
        return out.token, out.state


def main(options: VlaLatency) -> int:
    """Time, print a table and write JSON.

    Raises:
        CanterError: a number is too small, or the file cannot be written.
    """
    options.check()
    check_writable(options.json)
    cells = [(frames, kind) for frames in options.history for kind in options.backbones]
    rows = [
        timed(replace(PRESETS[options.preset], backbone=kind, window=frames), options.steps)
        for frames, kind in track(cells, "steps", transient=True)
    ]
    report = document("vla latency", _command(options), preset=options.preset, rows=rows)
    Console().print(table(rows, options.history, options.backbones))
    Console().print(report["command"], markup=False)
    write_json(options.json, report)
    return 0


def timed(config: VlaConfig, steps: int) -> dict[str, Any]:
    """Return backbone, history (frames), state_bytes, and p50 and p99 of each of PARTS, ms."""
    torch.manual_seed(0)
    model = VlaModel(config, torch.from_numpy(glyph_table())).eval()
    inputs = random_inputs(model, batch=2, seed=0)
    token = torch.randn(2, config.d_model).numpy()
    state = inputs["state"][:, model.state_layout["blocks"]].copy()
    alone: Arrays = {"token": token, "state": state}
    memory = traced(MemoryGraph(model.blocks), alone, MEMORY_OUTPUTS)
    whole = traced(StepGraph(model, GAIT_RANGES), inputs, OUTPUTS)
    return {
        "backbone": config.backbone,
        "history": config.window,
        "state_bytes": inputs["state"][0].nbytes,
        "memory": step_ms(memory, alone, steps),
        "model": step_ms(whole, inputs, steps),
    }


def step_ms(graph: onnx.ModelProto, inputs: Arrays, steps: int) -> dict[str, float]:
    """Return p50 and p99 of a graph's step for one robot on one CPU thread, ms.

    Args:
        graph: to run.
        inputs: of two robots or more, by name.
        steps: that are timed.
    """
    wanted = onnxruntime.SessionOptions()
    wanted.intra_op_num_threads = wanted.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), wanted, providers=["CPUExecutionProvider"]
    )
    one = {name: value[:1] for name, value in inputs.items()}
    for _ in range(WARM_UP_STEPS):
        session.run(None, one)
    timers = StageTimers()
    for _ in range(steps):
        with timers("step"):
            session.run(None, one)
    step = timers.summary()["step"]
    return {name: step[name] for name in ("p50", "p99")}


def table(
    rows: list[dict[str, Any]], history: tuple[int, ...], backbones: tuple[BackboneKind, ...]
) -> Table:
    """Return one row a history, with each part's p50 for each backbone, ms."""
    found: Mapping[tuple[int, str], dict[str, Any]] = {
        (row["history"], row["backbone"]): row for row in rows
    }
    drawn = Table(title=f"p50 of a step, ms: {', '.join(PARTS.values())}")
    for heading in ("frames", *backbones):
        drawn.add_column(heading)
    for frames in history:
        cells = [found[frames, kind] for kind in backbones]
        drawn.add_row(
            str(frames),
            *("  ".join(f"{cell[part]['p50']:.2f}" for part in PARTS) for cell in cells),
        )
    return drawn


def _command(options: VlaLatency) -> str:
    names = ("preset", "history", "backbones", "steps")
    return command_line("vla latency", {name: getattr(options, name) for name in names})
