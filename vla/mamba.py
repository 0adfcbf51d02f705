"""Mamba-2 block: selective state space with short convolution and gate, after arXiv:2405.21060."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.vla.norm import RmsNorm
from canter.vla.ssd import ScanInputs, scan_chunked, scan_sequential, scan_step

CONV_TAPS = 4
STEP_SIZE_RANGE = (0.01, 0.3)
"""Initial step sizes; with decay rates 1..8 the memory spans 1 to 100 frames (own choice)."""
DECAY_RATE_RANGE = (1.0, 8.0)


class MambaState(NamedTuple):
    """What a block remembers between frames.

    Attributes:
        conv: last inputs of the convolution, (B, CONV_TAPS - 1, channels).
        scan: state of the scan, (B, H, P, N).
    """

    conv: Tensor
    scan: Tensor


class MambaBlock(nn.Module):
    """Residual Mamba-2 block over (B, T, d_model), or over one frame with its state carried.

    Args:
        d_model: width of the tokens.
        d_state: width N of each head's state.
        head_width: width P of a head; divides ``expand * d_model``.
        expand: inner width over ``d_model``.
        chunk: steps a chunk of the training form.
    """

    def __init__(
        self, d_model: int, d_state: int, head_width: int, expand: int = 2, chunk: int = 32
    ) -> None:
        super().__init__()
        self.inner = expand * d_model
        if self.inner % head_width:
            raise ValueError(f"head_width {head_width} does not divide inner width {self.inner}")
        self.heads, self.head_width = self.inner // head_width, head_width
        self.d_state, self.chunk = d_state, chunk
        self.channels = self.inner + 2 * d_state
        self.norm = RmsNorm(d_model)
        self.project_in = nn.Linear(d_model, self.inner + self.channels + self.heads, bias=False)
        self.conv_weight = nn.Parameter(torch.empty(CONV_TAPS, self.channels))
        self.conv_bias = nn.Parameter(torch.zeros(self.channels))
        self.step_bias = nn.Parameter(torch.empty(self.heads))
        self.log_rate = nn.Parameter(torch.empty(self.heads))
        self.skip = nn.Parameter(torch.ones(self.heads))
        self.gate_norm = RmsNorm(self.inner)
        self.project_out = nn.Linear(self.inner, d_model, bias=False)
        self._initialise()

    def _initialise(self) -> None:
        """Draw step sizes log-uniformly and decay rates uniformly, as the paper does."""
        bound = 1 / math.sqrt(CONV_TAPS)
        nn.init.uniform_(self.conv_weight, -bound, bound)
        low, high = (math.log(size) for size in STEP_SIZE_RANGE)
        step = torch.empty(self.heads).uniform_(low, high).exp()
        with torch.no_grad():
            self.step_bias.copy_(step + torch.log(-torch.expm1(-step)))  # inverse of softplus
            self.log_rate.copy_(torch.empty(self.heads).uniform_(*DECAY_RATE_RANGE).log())

    def initial_state(self, batch: int, like: Tensor) -> MambaState:
        """Return the state at the start of an episode, zeros of ``like``'s type and device."""
        return MambaState(
            like.new_zeros(batch, CONV_TAPS - 1, self.channels),
            like.new_zeros(batch, self.heads, self.head_width, self.d_state),
        )

    def forward(
        self, tokens: Tensor, segment: Tensor, state: MambaState, sequential: bool = False
    ) -> tuple[Tensor, MambaState]:
        """Run over a sequence.

        Args:
            tokens: (B, T, d_model).
            segment: episode number of each step, (B, T); see ``ssd.segments``.
            state: state handed in; it belongs to segment 0.
            sequential: use the step-by-step reference instead of the chunked form.

        Returns:
            Tokens (B, T, d_model) and the state after the last step.
        """
        gate, mixed, raw_step = self._project(tokens)
        mixed, conv_state = self._convolve(mixed, segment, state.conv)
        with torch.autocast(tokens.device.type, enabled=False):
            exact = self.log_rate.dtype
            x, b, c, step = self._selection(mixed.to(exact), raw_step.to(exact))
            inputs = ScanInputs(x * step[..., None], -self.log_rate.exp() * step, b, c, segment)
            if sequential:
                y, scan_state = scan_sequential(inputs, state.scan.to(exact))
            else:
                y, scan_state = scan_chunked(inputs, state.scan.to(exact), self.chunk)
            y = y + self.skip[:, None] * x
        return self._finish(tokens, y, gate), MambaState(conv_state, scan_state)

    def step(self, token: Tensor, state: MambaState) -> tuple[Tensor, MambaState]:
        """Advance one frame: token (B, d_model) and state to the same after it."""
        gate, mixed, raw_step = self._project(token)
        taps = torch.cat([state.conv, mixed[:, None]], dim=1)
        mixed = F.silu((taps * self.conv_weight).sum(1) + self.conv_bias)
        x, b, c, step = self._selection(mixed, raw_step)
        y, scan = scan_step(x * step[..., None], -self.log_rate.exp() * step, b, c, state.scan)
        y = y + self.skip[:, None] * x
        return self._finish(token, y, gate), MambaState(taps[:, 1:], scan)

    def _project(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return gate (..., inner), convolution input (..., channels), raw steps (..., H)."""
        projected: Tensor = self.project_in(self.norm(tokens))
        gate, mixed, raw_step = projected.split([self.inner, self.channels, self.heads], dim=-1)
        return gate, mixed, raw_step

    def _convolve(
        self, mixed: Tensor, segment: Tensor, conv_state: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Convolve causally over time inside each segment; return output and next conv state."""
        steps = mixed.shape[1]
        taps = torch.cat([conv_state.to(mixed.dtype), mixed], dim=1)
        owner = F.pad(segment, (CONV_TAPS - 1, 0))
        total = self.conv_bias.expand_as(mixed)
        for tap in range(CONV_TAPS):
            same = (owner[:, tap : tap + steps] == segment)[..., None]
            total = total + taps[:, tap : tap + steps] * self.conv_weight[tap] * same
        kept = owner[:, 1 - CONV_TAPS :] == segment[:, -1:]
        return F.silu(total), taps[:, 1 - CONV_TAPS :] * kept[..., None]

    def _selection(self, mixed: Tensor, raw_step: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return values (..., H, P), write and read vectors (..., N) and step sizes (..., H)."""
        x, b, c = mixed.split([self.inner, self.d_state, self.d_state], dim=-1)
        step = F.softplus(raw_step + self.step_bias)
        return x.unflatten(-1, (self.heads, self.head_width)), b, c, step

    def _finish(self, tokens: Tensor, y: Tensor, gate: Tensor) -> Tensor:
        """Gate, normalise, project and add to the residual stream."""
        gated = self.gate_norm(y.flatten(-2) * F.silu(gate))
        residual: Tensor = tokens + self.project_out(gated)
        return residual
