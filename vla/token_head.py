"""A head that says the fields of a command one after the other, each told of those before it.

So QUART and GeRM emit their twelve action tokens (arXiv:2312.14457, 2403.13358). What each bin of a
field is worth may depend on what was said before, so the same numbers serve as logits of imitation
and as action values of autoregressive Q-learning.
"""

import torch
from torch import Tensor, nn

from canter.vla.codec import BINS, ChunkCodec, bin_centres, held
from canter.vla.config import VlaConfig
from canter.vla.norm import RmsNorm

CODE = 64
"""Numbers that a field has before they become the logits of its bins (own choice)."""
SPREAD = 0.3
"""Of the codes of fields and bins at the start, beside a context of about 1."""


class TokenHead(nn.Module):
    """Classifies one command field by field; it is held for the whole chunk.

    Args:
        config: sizes; its horizon is 1.

    Attributes:
        codec: between the head's values and commands.
        horizon: 1.
    """

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        self.codec, self.horizon = ChunkCodec(config.active_fields), config.horizon
        fields, width = len(config.active_fields), 2 * config.d_model
        self.context = nn.Sequential(RmsNorm(config.d_model), nn.Linear(config.d_model, width))
        self.field = nn.Parameter(SPREAD * torch.randn(fields, width))
        self.said = nn.ModuleList(nn.Embedding(BINS, width) for _ in range(fields - 1))
        for table in self.said:
            assert isinstance(table, nn.Embedding)
            nn.init.normal_(table.weight, std=SPREAD)
        self.layers = nn.Sequential(nn.GELU(), nn.Linear(width, CODE), nn.GELU())
        self.bins = nn.ModuleList(nn.Linear(CODE, BINS) for _ in range(fields))
        for last in self.bins:
            assert isinstance(last, nn.Linear)
            nn.init.normal_(last.weight, std=0.01)
            nn.init.zeros_(last.bias)
        self.centres: Tensor
        self.register_buffer("centres", bin_centres(), persistent=False)

    def forward(self, tokens: Tensor, felt: Tensor) -> Tensor:
        """Return the context of tokens (..., d_model), (..., width); as in ChunkHead."""
        del felt
        context: Tensor = self.context(tokens)
        return context.float()

    def logits(self, context: Tensor, bins: Tensor) -> Tensor:
        """Return the logits of each field where those before it were said, (..., active, BINS).

        Args:
            context: (..., width).
            bins: of each field, int64, (..., active); the last one is told to nobody.
        """
        told = [torch.zeros_like(context)]
        for number, table in enumerate(self.said):
            told.append(told[-1] + table(bins[..., number]))
        codes = self.layers(context[..., None, :] + self.field + torch.stack(told, -2))
        each = zip(self.bins, codes.unbind(-2), strict=True)
        return torch.stack([last(code) for last, code in each], -2).float()

    def chosen(self, context: Tensor) -> Tensor:
        """Return the likeliest bin of each field after those before it, int64, (..., active)."""
        bins, known = [], context
        for number, (place, last) in enumerate(zip(self.field, self.bins, strict=True)):
            bins.append(last(self.layers(known + place)).argmax(-1))
            if number < len(self.said):
                known = known + self.said[number](bins[-1])
        return torch.stack(bins, -1)

    def values(self, predicted: Tensor) -> Tensor:
        """Return the values of the likeliest bins, (..., CHUNK_STEPS, active)."""
        middle = self.centres[self.chosen(predicted)]
        return held(self.codec.of_range(middle)[..., None, :])
