"""Text encoder: token ids to an instruction embedding whose parts name colour and shape.

The embedding is [colour slot | shape slot | context]. A slot is read by attention from the words,
and its attribute is classified from that slot alone, so that vision can look for colour and shape
independently and pairs never shown in training still compose (own design).
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.vla.config import COLOUR_CLASSES, MAX_TOKENS, PAD_TOKEN, SHAPE_CLASSES, VlaConfig
from canter.vla.norm import RmsNorm

MASKED = -1e4
"""Attention logit of padding; finite, so that an empty text gives no NaN."""
ATTENTION_HEADS = 4


class Instruction(NamedTuple):
    """An encoded instruction; leading dimensions are those of the tokens.

    Attributes:
        colour: code of the wanted colour, (..., slot).
        shape: code of the wanted shape, (..., slot).
        context: code of everything else, (..., context).
        colour_logits: over COLOUR_CLASSES, (..., 9).
        shape_logits: over SHAPE_CLASSES, (..., 7).
    """

    colour: Tensor
    shape: Tensor
    context: Tensor
    colour_logits: Tensor
    shape_logits: Tensor

    @property
    def embedding(self) -> Tensor:
        """The whole instruction embedding, (..., instruction_width)."""
        return torch.cat([self.colour, self.shape, self.context], dim=-1)


def shorten(tokens: Tensor) -> Tensor:
    """Cut the columns of (B, L) that are padding in every row: training need not pay for them."""
    longest = int((tokens != PAD_TOKEN).sum(1).max())
    return tokens[:, : max(1, longest)]


class AttentionLayer(nn.Module):
    """Pre-norm self-attention and feed-forward over (B, L, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = RmsNorm(width)
        self.project_qkv = nn.Linear(width, 3 * width, bias=False)
        self.project_out = nn.Linear(width, width, bias=False)
        self.feed_forward = nn.Sequential(
            RmsNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """Mix words (B, L, width) under an additive mask (B, 1, 1, L)."""
        qkv = self.project_qkv(self.norm(words)).unflatten(-1, (3, ATTENTION_HEADS, -1))
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        weight = (query @ key.transpose(-1, -2)) * query.shape[-1] ** -0.5 + mask
        mixed = (weight.softmax(-1) @ value).transpose(1, 2).flatten(2)
        words = words + self.project_out(mixed)
        residual: Tensor = words + self.feed_forward(words)
        return residual


class TextEncoder(nn.Module):
    """Small transformer over frozen word vectors.

    Args:
        config: sizes.
        word_vectors: frozen table, (V, W) float; row PAD_TOKEN is padding.
    """

    def __init__(self, config: VlaConfig, word_vectors: Tensor) -> None:
        super().__init__()
        width = config.text_width
        scale = word_vectors.float().square().mean().sqrt().clamp_min(1e-6)
        self.word_vectors: Tensor
        self.register_buffer("word_vectors", word_vectors.float() / scale)
        self.noise, self.dropout = config.word_noise, config.word_dropout
        self.project_words = nn.Linear(word_vectors.shape[1], width)
        self.positions = nn.Parameter(0.1 * torch.randn(MAX_TOKENS, width))
        self.layers = nn.ModuleList(AttentionLayer(width) for _ in range(config.text_layers))
        self.norm = RmsNorm(width)
        self.readers = nn.Parameter(torch.randn(3, width) * width**-0.5)
        self.colour_slot = nn.Linear(width, config.slot_width)
        self.shape_slot = nn.Linear(width, config.slot_width)
        self.context = nn.Linear(width, config.context_width)
        self.colour_head = nn.Linear(config.slot_width, len(COLOUR_CLASSES))
        self.shape_head = nn.Linear(config.slot_width, len(SHAPE_CLASSES))

    def forward(self, tokens: Tensor) -> Instruction:
        """Encode token ids (B, L) int64, L <= MAX_TOKENS, padded at the end."""
        padding = torch.where(tokens == PAD_TOKEN, MASKED, 0.0)
        words = self.project_words(self._perturb(self.word_vectors[tokens]))
        words = words + self.positions[: tokens.shape[1]]
        for layer in self.layers:
            words = layer(words, padding[:, None, None, :])
        words = self.norm(words)
        logits = words @ self.readers.T + padding[..., None]  # (B, L, 3)
        read = logits.softmax(1).transpose(1, 2) @ words
        colour_read, shape_read, context_read = read.unbind(1)
        colour = F.normalize(self.colour_slot(colour_read), dim=-1)
        shape = F.normalize(self.shape_slot(shape_read), dim=-1)
        scale = colour.shape[-1] ** 0.5  # slots of unit variance
        colour, shape = colour * scale, shape * scale
        return Instruction(
            colour, shape, self.context(context_read), self.colour_head(colour),
            self.shape_head(shape),
        )  # fmt: skip

    def _perturb(self, words: Tensor) -> Tensor:
        """In training, add noise to word vectors and blank some, so that near words act alike."""
        if not self.training:
            return words
        kept = torch.rand_like(words[..., :1]) >= self.dropout
        return (words + self.noise * torch.randn_like(words)) * kept
