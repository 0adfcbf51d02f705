"""The memory of the model: blocks behind one interface, over episodes or frame by frame."""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from canter.control.layout import Layout
from canter.vla.attention import AttentionBlock
from canter.vla.config import VlaConfig
from canter.vla.feed_forward import Experts, FeedForward, feed_forward, imbalance
from canter.vla.mamba import MambaBlock
from canter.vla.ssd import segments

Block = MambaBlock | AttentionBlock
Step = Callable[[Tensor, NamedTuple], tuple[Tensor, tuple[Tensor, ...]]]
"""Advances a block by one frame from a state of its own kind."""


class Passed(NamedTuple):
    """Episodes after the backbone.

    Attributes:
        tokens: (B, T, d_model).
        imbalance: of the experts, mean over them, see `feed_forward.imbalance`; 0 without experts.
    """

    tokens: Tensor
    imbalance: Tensor


class Remembered(NamedTuple):
    """A token and what is remembered after it.

    Attributes:
        token: (B, d_model).
        state: the blocks' states, flat, (B, size).
    """

    token: Tensor
    state: Tensor


class Backbone(nn.ModuleList):
    """Mamba blocks, attention blocks, or both in turn, each perhaps with a feed-forward behind it.

    Args:
        config: sizes, and which blocks.

    Attributes:
        layout: of the flat state.
    """

    def __init__(self, config: VlaConfig) -> None:
        super().__init__(
            part
            for kind in config.block_kinds
            for part in (_block(kind, config), feed_forward(config))
            if part is not None
        )
        like = torch.zeros(())
        self.layout = Layout(
            {
                f"block{number}_{name}": part.numel()
                for number, block in enumerate(self.blocks)
                for name, part in block.initial_state(1, like)._asdict().items()
            }
        )

    @property
    def blocks(self) -> list[Block]:
        """The blocks with their types."""
        return [b for b in self if isinstance(b, MambaBlock | AttentionBlock)]

    def forward(self, tokens: Tensor, mask: Tensor) -> Passed:
        """Run over episodes (B, T, d_model) from their first frames.

        Args:
            tokens: of the frames.
            mask: of the frames that are no padding, (B, T), which experts are balanced over.
        """
        segment = segments(torch.zeros(tokens.shape[:2], dtype=torch.bool, device=tokens.device))
        uneven: list[Tensor] = []
        for part in self:
            if isinstance(part, Experts):
                routed = part(tokens)
                tokens = routed.tokens
                uneven.append(imbalance(routed, mask))
            elif isinstance(part, FeedForward):
                tokens = part(tokens)
            elif isinstance(part, MambaBlock | AttentionBlock):
                tokens, _ = part(tokens, segment, part.initial_state(len(tokens), like=tokens))
        return Passed(tokens, torch.stack(uneven).mean() if uneven else tokens.new_zeros(()))

    def step(self, token: Tensor, state: Tensor) -> Remembered:
        """Advance one frame: token (B, d_model), flat state (B, size)."""
        after: list[Tensor] = []
        numbers = count()
        for part in self:
            if isinstance(part, Experts):
                token = part.step(token)
            elif isinstance(part, FeedForward):
                token = part(token)
            elif isinstance(part, MambaBlock | AttentionBlock):
                before = self._state(next(numbers), part, state)
                token, next_state = cast("Step", part.step)(token, before)
                after += [term.flatten(1) for term in next_state]
        return Remembered(token, torch.cat(after, dim=1))

    def _state(self, number: int, block: Block, state: Tensor) -> NamedTuple:
        """Return a block's own state out of the flat one (B, size)."""
        shapes = block.initial_state(1, state)
        terms = [
            state[:, self.layout[f"block{number}_{name}"]].unflatten(1, term.shape[1:])
            for name, term in shapes._asdict().items()
        ]
        return type(shapes)(*terms)


def _block(kind: str, config: VlaConfig) -> Block:
    if kind == "mamba":
        return MambaBlock(config.d_model, config.d_state, config.head_width)
    return AttentionBlock(config.d_model, config.d_model // config.head_width, config.window)
