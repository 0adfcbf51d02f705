"""Causal attention block over a window of frames, with a cache of keys and values on board.

Later frames weigh more by a bias that grows with age (ALiBi, arXiv:2108.12409), so no frame has a
number and an episode may be of any length.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from canter.vla.norm import RmsNorm

HIDDEN = -1e4
"""Attention logit of what must not be seen; finite, so that nothing becomes NaN."""


class AttentionState(NamedTuple):
    """What a block remembers between frames: the last ``window`` frames, newest last.

    Attributes:
        keys: (B, window, d_model).
        values: (B, window, d_model).
        valid: 1 where there was such a frame, else 0, (B, window).
    """

    keys: Tensor
    values: Tensor
    valid: Tensor


class AttentionBlock(nn.Module):
    """Residual attention and feed-forward over (B, T, d_model), or one frame with its cache.

    Args:
        d_model: width of the tokens.
        heads: attention heads; divides ``d_model``.
        window: frames that a frame may look at, itself included.
    """

    def __init__(self, d_model: int, heads: int, window: int) -> None:
        super().__init__()
        if d_model % heads:
            raise ValueError(f"{heads} heads do not divide width {d_model}")
        self.d_model, self.heads, self.window = d_model, heads, window
        self.norm = RmsNorm(d_model)
        self.project_qkv = nn.Linear(d_model, 3 * d_model, bias=False)
        self.project_out = nn.Linear(d_model, d_model, bias=False)
        self.feed_forward = nn.Sequential(
            RmsNorm(d_model),
            nn.Linear(d_model, 4 * d_model),
            nn.GELU(),
            nn.Linear(4 * d_model, d_model),
        )
        self.slopes: Tensor
        slopes = 2.0 ** (-8.0 * torch.arange(1, heads + 1) / heads)
        self.register_buffer("slopes", slopes, persistent=False)

    def initial_state(self, batch: int, like: Tensor) -> AttentionState:
        """Return the state at the start of an episode, zeros of ``like``'s type and device."""
        cache = like.new_zeros(batch, self.window, self.d_model)
        return AttentionState(cache, cache.clone(), like.new_zeros(batch, self.window))

    def forward(
        self, tokens: Tensor, segment: Tensor, state: AttentionState
    ) -> tuple[Tensor, AttentionState]:
        """Run over a sequence.

        Args:
            tokens: (B, T, d_model).
            segment: episode number of each step, (B, T); see ``ssd.segments``.
            state: state handed in; it belongs to segment 0.

        Returns:
            Tokens (B, T, d_model) and the state after the last step.
        """
        steps, window = tokens.shape[1], self.window
        query, key, value = self.project_qkv(self.norm(tokens)).chunk(3, -1)
        keys = torch.cat([state.keys.to(key.dtype), key], 1)
        values = torch.cat([state.values.to(value.dtype), value], 1)
        valid = torch.cat([state.valid, torch.ones_like(segment, dtype=state.valid.dtype)], 1)
        owner = torch.cat([torch.zeros_like(segment[:, :1]).expand(-1, window), segment], 1)
        now = torch.arange(window, window + steps, device=tokens.device)
        age = now[:, None] - torch.arange(window + steps, device=tokens.device)
        seen = (
            (age >= 0)
            & (age < window)
            & (valid > 0)[:, None]
            & (owner[:, None] == segment[..., None])
        )
        mixed = self._mix(query, keys, values, age, seen)
        last = (owner == segment[:, -1:]).to(valid.dtype) * valid
        after = AttentionState(keys[:, -window:], values[:, -window:], last[:, -window:])
        return self._finish(tokens, mixed), after

    def step(self, token: Tensor, state: AttentionState) -> tuple[Tensor, AttentionState]:
        """Advance one frame: token (B, d_model) and state to the same after it."""
        query, key, value = self.project_qkv(self.norm(token))[:, None].chunk(3, -1)
        keys = torch.cat([state.keys[:, 1:], key], 1)
        values = torch.cat([state.values[:, 1:], value], 1)
        there = state.valid[:, :1] * 0 + 1  # not ones_like, which the export takes for a constant
        valid = torch.cat([state.valid[:, 1:], there], 1)
        age = torch.arange(self.window - 1, -1, -1, device=token.device)[None]
        mixed = self._mix(query, keys, values, age, (valid > 0)[:, None])
        return self._finish(token, mixed[:, 0]), AttentionState(keys, values, valid)

    def _mix(
        self, query: Tensor, keys: Tensor, values: Tensor, age: Tensor, seen: Tensor
    ) -> Tensor:
        """Attend from (B, T, d) to (B, S, d) where ``seen`` (B, T, S); ages (T, S) in frames."""
        split = (self.heads, self.d_model // self.heads)
        q, k, v = (part.unflatten(-1, split).transpose(1, 2) for part in (query, keys, values))
        logits = (q @ k.transpose(-1, -2)).float() * split[1] ** -0.5
        logits = logits - self.slopes[:, None, None] * age
        logits = torch.where(seen[:, None], logits, HIDDEN)
        mixed: Tensor = (logits.softmax(-1).to(v.dtype) @ v).transpose(1, 2).flatten(2)
        return mixed

    def _finish(self, tokens: Tensor, mixed: Tensor) -> Tensor:
        """Project, add to the residual stream, and feed forward."""
        tokens = tokens + self.project_out(mixed)
        residual: Tensor = tokens + self.feed_forward(tokens)
        return residual
