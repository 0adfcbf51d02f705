"""Targets: what trainings leave and read again, their checkpoints and their settings."""

import io
from dataclasses import dataclass
from pathlib import Path

import torch

from canter.evals.fuzzing.target import Target
from canter.rl.run_config import load_config, to_yaml
from canter.vla.checkpoint_file import read_checkpoint


def checkpoint(folder: Path) -> Target:
    """Return the target of checkpoints of torch."""
    path = folder / "checkpoint.pt"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        read_checkpoint(path)

    file = io.BytesIO()
    torch.save({"step": 3, "average": {"w": torch.zeros(4)}, "config": {"width": 8}}, file)
    words = (
        b"c__builtin__\nexec\n",
        b"cos\nsystem\n",
        b"(S'true'\ntR.",
        b"data.pkl",
        b"PK\x01\x02",
    )
    return Target(read, (file.getvalue(),), words)


@dataclass(frozen=True, slots=True)
class _Rates:
    start: float = 3e-4
    clip: tuple[float, ...] = (0.1, 0.2)


@dataclass(frozen=True, slots=True)
class _Settings:
    name: str = "trot"
    steps: int = 1000
    rates: _Rates = _Rates()
    folder: Path = Path("runs")
    mirror: bool = True
    limit: float | None = None


def settings(folder: Path) -> Target:
    """Return the target of the settings that lie beside a run."""
    path = folder / "config.yaml"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        load_config(_Settings(), path)

    words = (
        b"steps:",
        b"rates:",
        b"clip:",
        b"- ",
        b"!!python/name:os.system",
        b"!!binary ",
        b"<<: ",
    )
    return Target(read, (to_yaml(_Settings()).encode(),), words)
