"""What a training loop carries: optimiser, schedule, averaged weights, checkpoints."""

import ctypes
import io
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from canter.control.errors import CanterError
from canter.control.files import write_bytes
from canter.vla.checkpoint_file import read_checkpoint
from canter.vla.config import VlaConfig
from canter.vla.model import VlaModel
from canter.vla.optimiser_steps import clipped_step, steps_left
from canter.vla.policy_weights import model_of_policy

Observer = Callable[[int, int, dict[str, float]], None]
"""Called with the step, the number of steps and the step's scalars."""

EMA_WARMUP = 10.0


@dataclass(frozen=True, slots=True)
class LearnConfig:
    """How to optimise.

    Attributes:
        steps: optimiser steps in all.
        learning_rate: peak of the schedule.
        final_fraction: learning rate at the end over the peak; cosine in between.
        warmup: steps of linear warm-up.
        weight_decay: of matrices; vectors are not decayed.
        clip: largest norm of the gradient.
        ema: decay of the averaged weights.
        device: torch device.
        bfloat16: autocast to bfloat16 where the device computes with it.
        report_every: steps between reports to observers.
        save_every: steps between checkpoints.
        checkpoint: file to save to and to resume from if it exists; None for none.
        rate_factors: of the learning rate, for parameters whose names begin with these; 1 for
            all others.
    """

    steps: int = 2000
    learning_rate: float = 1e-3
    final_fraction: float = 0.05
    warmup: int = 50
    weight_decay: float = 0.02
    clip: float = 1.0
    ema: float = 0.998
    device: str = "cpu"
    bfloat16: bool = True
    report_every: int = 10
    save_every: int = 200
    checkpoint: Path | None = None
    rate_factors: Mapping[str, float] = field(default_factory=dict)

    def factor(self, name: str) -> float:
        """Return the factor of a parameter's learning rate."""
        found = (f for start, f in self.rate_factors.items() if name.startswith(start))
        return next(found, 1.0)

    def rate(self, step: int) -> float:
        """Return the learning rate at a step: linear warm-up, then a cosine."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        progress = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        low = self.final_fraction
        return self.learning_rate * (low + (1 - low) * 0.5 * (1 + math.cos(math.pi * progress)))


class Learner:
    """Optimises a model in place and keeps an exponential average of its weights."""

    def __init__(self, model: VlaModel, config: LearnConfig) -> None:
        reuse_memory()
        self.config = config
        self.model = model.to(config.device)
        self.average = deepcopy(self.model).eval().requires_grad_(False)
        self._factors, groups = _groups(model, config)
        self.optimiser = torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98))
        self.step = 0
        if config.checkpoint is not None and config.checkpoint.exists():
            self.resume(config.checkpoint)

    def autocast(self) -> torch.autocast:
        """Return the context in which the forward pass runs."""
        return torch.autocast(
            torch.device(self.config.device).type,
            torch.bfloat16,
            enabled=self.config.bfloat16 and computes_bfloat16(self.config.device),
        )

    def update(self, loss: Tensor) -> float:
        """Descend one step; return the gradient's norm. Raises CanterError if it is not finite."""
        for group, factor in zip(self.optimiser.param_groups, self._factors, strict=True):
            group["lr"] = factor * self.config.rate(self.step)
        norm = clipped_step(self.optimiser, loss, self.config.clip, self.step)
        self.step += 1
        self._average()
        if self.step % self.config.save_every == 0:
            self._save_newest()
        return norm

    def remaining(self) -> Iterator[int]:
        """Yield the steps that are left; where a signal asks to stop, the newest step is saved.

        Raises:
            Stopped: a signal asked, after the step that it fell into.
        """
        return steps_left(self, self.config.steps, self._save_newest)

    def _save_newest(self) -> None:
        if self.config.checkpoint is not None:
            self.save(self.config.checkpoint)

    def save(self, path: Path) -> None:
        """Write a checkpoint; the file is whole or the old one stays."""
        atomic_save(
            {
                "config": asdict(self.model.config),
                "model": self.model.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "step": self.step,
            },
            path,
        )

    @torch.no_grad()
    def _average(self) -> None:
        """Move the averaged weights, faster in the first steps."""
        decay = min(self.config.ema, (1 + self.step) / (EMA_WARMUP + self.step))
        pairs = zip(self.average.parameters(), self.model.parameters(), strict=True)
        for kept, new in pairs:
            kept.lerp_(new, 1 - decay)

    def resume(self, path: Path) -> None:
        """Take up a checkpoint of the same model; raises CanterError for another."""
        saved = read_checkpoint(path)
        try:
            fits = VlaConfig.from_dict(saved["config"]) == self.model.config
            if fits:
                self._take(saved)
        except (KeyError, TypeError, AttributeError, RuntimeError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise CanterError(
                f"{path} is of no training like this one ({reason}); remove it or use another"
            ) from error
        if not fits:
            raise CanterError(f"{path} holds a model of other sizes; remove it or use another")

    def _take(self, saved: dict[str, Any]) -> None:
        """Take over all that a checkpoint holds."""
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step = int(saved["step"])


def _groups(model: nn.Module, config: LearnConfig) -> tuple[list[float], list[dict[str, Any]]]:
    """Return the trained parameters by learning rate and decay, and each group's factor."""
    trained = [(config.factor(name), p) for name, p in model.named_parameters() if p.requires_grad]
    factors, groups = [], []
    for factor in (1.0, *sorted({f for f, _ in trained} - {1.0})):
        mine = [p for f, p in trained if f == factor]
        matrices, vectors = [p for p in mine if p.ndim > 1], [p for p in mine if p.ndim <= 1]
        factors += [factor, factor]
        groups += [
            {"params": matrices, "weight_decay": config.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ]
    return factors, groups


def atomic_save(content: dict[str, Any], path: Path) -> None:
    """Write with torch.save beside the path, then put it in place in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()  # torch tells a full disk by no error of its own
    torch.save(content, buffer)
    write_bytes(path, buffer.getvalue())


def save_model(model: VlaModel, path: Path) -> None:
    """Write a model alone, without what training needs; `load_model` reads it."""
    atomic_save({"config": asdict(model.config), "average": model.state_dict()}, path)


def load_model(path: Path) -> VlaModel:
    """Return the averaged model of a checkpoint, or that of an exported policy, for evaluation.

    Raises:
        CanterError: there is no such file, it is neither, or of a model that this version does
            not have.
    """
    if not path.is_file():
        raise CanterError(f"no model '{path}'; train one: canter train vla")
    if path.suffix == ".onnx":
        return model_of_policy(path)
    saved = read_checkpoint(path)
    try:
        signs = saved["average"]["instruct.signs"]
        model = VlaModel(VlaConfig.from_dict(saved["config"]), signs)
        model.load_state_dict(saved["average"])
    except (KeyError, TypeError, AttributeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CanterError(
            f"{path} holds no model of this version ({reason}); train one: canter train vla"
        ) from error
    return model.eval()


def computes_bfloat16(device: str) -> bool:
    """Tell whether a device multiplies in bfloat16; a CPU that does not takes seven times longer.

    Measured on an AVX2 CPU: the convolutions took 11 views/s in bfloat16 and 78 in float32.
    """
    if torch.device(device).type == "cpu":
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return bool(torch.cuda.is_bf16_supported())


def reuse_memory() -> None:
    """Ask glibc to keep freed memory: returning and faulting it anew halves training speed."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # another C library
        return
    trim_threshold, top_pad, mmap_threshold = -1, -2, -3  # names in malloc.h
    mallopt(mmap_threshold, 2**31 - 1)
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(top_pad, 2**28)
