"""What every training does step by step: the steps that are left, and one clipped step."""

import math
from collections.abc import Callable, Iterator
from typing import Protocol

import torch
from torch import Tensor

from canter.control.errors import CanterError
from canter.control.stop import StopRequest


class Stepped(Protocol):
    """What counts its steps."""

    step: int
    """Steps done."""


def steps_left(counted: Stepped, total: int, save: Callable[[], None]) -> Iterator[int]:
    """Yield the steps that are left; where a signal asks to stop, the newest step is saved.

    Raises:
        Stopped: a signal asked, after the step that it fell into.
    """
    with StopRequest() as stop:
        while counted.step < total:
            yield counted.step
            if stop.asked:
                save()
                raise stop.reason()


def clipped_step(optimiser: torch.optim.Optimizer, loss: Tensor, clip: float, step: int) -> float:
    """Take one step down a loss; return the norm of the gradient before it was clipped.

    Args:
        optimiser: with its learning rates set.
        loss: a scalar.
        clip: largest norm of the gradient.
        step: its number, for the error.

    Raises:
        CanterError: the gradient is not finite; nothing has changed.
    """
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    trained = [p for group in optimiser.param_groups for p in group["params"]]
    norm = float(torch.nn.utils.clip_grad_norm_(trained, clip))
    if not math.isfinite(norm):
        rate = max(group["lr"] for group in optimiser.param_groups)
        raise CanterError(
            f"the gradient at step {step} is {norm}: check the labels for NaN, or lower the "
            f"learning rate ({rate:g})"
        )
    optimiser.step()
    return norm
