"""Targets: what trainings leave and read again, their checkpoints and their settings."""

import base64
import io
import json
import pickle
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from canter.evals.fuzzing.target import Target
from canter.rl.locomotion.checkpoint_pickles import DATA, PICKLED, refuse_programs
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


def learner(folder: Path) -> Target:
    """Return the target of what SB3 pickles beside the weights."""
    path = folder / "checkpoint.zip"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        refuse_programs(path)

    contents = (OrderedDict(a=1, b=[2.5, None]), {"tensor": torch.zeros(3)}, np.float64(0.1))
    entries = {
        str(number): {PICKLED: base64.b64encode(pickle.dumps(content)).decode()}
        for number, content in enumerate(contents)
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(DATA, json.dumps({"n_steps": 24, **entries}))
    words = (b":serialized:", *(base64.b64encode(pickle.dumps(content)) for content in contents))
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
