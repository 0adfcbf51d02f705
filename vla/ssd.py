"""State space duality: one selective scan written three ways that must agree.

The scan is that of Mamba-2 (Dao and Gu, arXiv:2405.21060, equations 1 and 16), with scalar decay a
head and the step size already folded into ``x`` and ``log_decay``:

    h_t = exp(log_decay_t) h_{t-1} + x_t b_t^T,        y_t = h_t c_t

B is the batch, T time, H heads, P the width of a head, N the width of the state.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class ScanInputs(NamedTuple):
    """One selective scan's inputs.

    Attributes:
        x: values to write, (B, T, H, P).
        log_decay: logarithm of the state's decay before each write, <= 0, (B, T, H).
        b: where in the state to write, (B, T, N).
        c: where in the state to read, (B, T, N).
        segment: episode number of each step, int64, (B, T); steps see only their own segment, and
            the state that is handed in belongs to segment 0.
    """

    x: Tensor
    log_decay: Tensor
    b: Tensor
    c: Tensor
    segment: Tensor

    def between(self, start: int, stop: int) -> "ScanInputs":
        """Return the steps from ``start`` up to ``stop``."""
        return ScanInputs(*(term[:, start:stop] for term in self))


def segments(resets: Tensor) -> Tensor:
    """Return the episode number of each step from a reset mask (B, T): True starts afresh."""
    return torch.cumsum(resets.long(), dim=1)


def scan_step(
    x: Tensor, log_decay: Tensor, b: Tensor, c: Tensor, state: Tensor
) -> tuple[Tensor, Tensor]:
    """Advance one step.

    Args:
        x: values to write, (B, H, P).
        log_decay: logarithm of the decay, (B, H).
        b: where to write, (B, N).
        c: where to read, (B, N).
        state: (B, H, P, N).

    Returns:
        What was read, (B, H, P), and the next state, (B, H, P, N).
    """
    kept = state * log_decay.exp()[..., None, None]
    state = kept + x[..., None] * b[:, None, None, :]
    return (state * c[:, None, None, :]).sum(-1), state


def scan_sequential(inputs: ScanInputs, state: Tensor) -> tuple[Tensor, Tensor]:
    """Run the recurrence step by step: the plain reference; see ``scan_chunked``."""
    outputs = []
    segment = torch.zeros_like(inputs.segment[:, 0])
    for t in range(inputs.x.shape[1]):
        same = (inputs.segment[:, t] == segment).to(state.dtype)
        segment = inputs.segment[:, t]
        y, state = scan_step(
            inputs.x[:, t],
            inputs.log_decay[:, t],
            inputs.b[:, t],
            inputs.c[:, t],
            state * same[:, None, None, None],
        )
        outputs.append(y)
    return torch.stack(outputs, dim=1), state


def scan_chunked(inputs: ScanInputs, state: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """Run the scan as matrix products inside chunks, with the state carried between them.

    Args:
        inputs: the scan's inputs over T steps.
        state: state before the first step, (B, H, P, N).
        chunk: steps a chunk, at least 1; T need not be a multiple of it.

    Returns:
        Outputs (B, T, H, P) and the state after the last step, (B, H, P, N).
    """
    outputs = []
    state_segment = torch.zeros_like(inputs.segment[:, 0])
    for start in range(0, inputs.x.shape[1], chunk):
        part = inputs.between(start, start + chunk)
        y, state = _scan_one_chunk(part, state, state_segment)
        state_segment = part.segment[:, -1]
        outputs.append(y)
    return torch.cat(outputs, dim=1), state


def _scan_one_chunk(
    inputs: ScanInputs, state: Tensor, state_segment: Tensor
) -> tuple[Tensor, Tensor]:
    """Run one chunk in quadratic form: y = (L * C B^T) X + decayed read of the handed-in state."""
    x, log_decay, b, c, segment = inputs
    steps = x.shape[1]
    total = torch.cumsum(log_decay, dim=1)
    causal = torch.ones(steps, steps, dtype=torch.bool, device=x.device).tril()
    visible = causal & (segment[:, :, None] == segment[:, None, :])
    exponent = total[:, :, None] - total[:, None, :]  # (B, i, j, H): decay from step j to step i
    decay = exponent.masked_fill(~visible[..., None], -torch.inf).exp()
    weight = decay * (c @ b.transpose(1, 2))[..., None]
    y_inside = torch.einsum("bijh,bjhp->bihp", weight, x)

    from_state = total.exp() * (segment == state_segment[:, None]).to(x.dtype)[..., None]
    y_carried = torch.einsum("bhpn,bin->bihp", state, c) * from_state[..., None]

    written = torch.einsum("bjh,bjhp,bjn->bhpn", decay[:, -1], x, b)
    carried = state * from_state[:, -1, :, None, None]
    return y_inside + y_carried, written + carried
