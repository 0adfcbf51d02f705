"""Feed-forward after a block of the backbone: dense, or a mixture of experts.

Every frame is routed to the experts of the greatest probability and weighs them by it, as Switch
Transformers do (arXiv:2101.03961, equation 2), here with one or several of them.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.vla.config import VlaConfig
from canter.vla.norm import RmsNorm


class FeedForward(nn.Module):
    """Residual feed-forward with one hidden layer.

    Args:
        d_model: width of the tokens.
        width: of the hidden layer.
    """

    def __init__(self, d_model: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            RmsNorm(d_model),
            nn.Linear(d_model, width, bias=False),
            nn.GELU(),
            nn.Linear(width, d_model, bias=False),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return tokens (..., d_model) with what the layers add."""
        residual: Tensor = tokens + self.layers(tokens)
        return residual


class Routed(NamedTuple):
    """Tokens after experts, and how they were routed.

    Attributes:
        tokens: (..., d_model).
        probability: of each expert, (..., experts).
        chosen: 1 for the experts that saw the token, else 0, (..., experts).
    """

    tokens: Tensor
    probability: Tensor
    chosen: Tensor


class Experts(nn.Module):
    """Residual feed-forwards of which each token sees a few.

    Args:
        d_model: width of the tokens.
        width: of the hidden layer of each expert.
        experts: how many there are.
        active: how many see a token.
    """

    def __init__(self, d_model: int, width: int, experts: int, active: int) -> None:
        super().__init__()
        self.experts, self.active = experts, active
        self.norm = RmsNorm(d_model)
        self.router = nn.Linear(d_model, experts, bias=False)
        self.up = nn.Parameter(torch.empty(experts, d_model, width))
        self.down = nn.Parameter(torch.empty(experts, width, d_model))
        for weight in (self.up, self.down):
            bound = weight.shape[1] ** -0.5  # as nn.Linear
            nn.init.uniform_(weight, -bound, bound)

    @property
    def idle_parameters(self) -> int:
        """Parameters of the experts that a token does not see."""
        each = (self.up.numel() + self.down.numel()) // self.experts
        return (self.experts - self.active) * each

    def forward(self, tokens: Tensor) -> Routed:
        """Route tokens (..., d_model); every expert is computed, for many tokens use them all."""
        normed, probability = self._routes(tokens)
        index = probability.topk(self.active, -1).indices
        chosen = torch.zeros_like(probability).scatter(-1, index, 1.0)
        hidden = F.gelu(torch.einsum("...d,edw->...ew", normed, self.up))
        hidden = hidden * (probability * chosen)[..., None]
        return Routed(
            tokens + torch.einsum("...ew,ewd->...d", hidden, self.down), probability, chosen
        )

    def step(self, token: Tensor) -> Tensor:
        """Return token (B, d_model) after its experts; the others cost nothing."""
        normed, probability = self._routes(token)
        weight, index = probability.topk(self.active, -1)
        hidden = F.gelu((normed[:, None, None] @ self.up[index])[:, :, 0])
        added = ((hidden * weight[..., None])[:, :, None] @ self.down[index])[:, :, 0]
        residual: Tensor = token + added.sum(1)
        return residual

    def _routes(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Return normed tokens and the experts' probabilities, (..., experts)."""
        normed: Tensor = self.norm(tokens)
        return normed, self.router(normed).float().softmax(-1)


def imbalance(routed: Routed, mask: Tensor) -> Tensor:
    """Return how unevenly tokens are routed: 1 where all experts see alike, E where one sees all.

    E sum_e f_e P_e with f the share of tokens that an expert sees and P its mean probability
    (arXiv:2101.03961, equation 4).

    Args:
        routed: tokens (B, T, ...).
        mask: of the tokens that count, (B, T).
    """
    chosen = routed.chosen[mask]
    seen = chosen.mean(0) / chosen.sum(-1).mean()
    return len(seen) * (seen * routed.probability[mask].mean(0)).sum()


def feed_forward(config: VlaConfig) -> FeedForward | Experts | None:
    """Return what follows a block in the model of a config, None for nothing."""
    width = config.feed_forward_width
    if not width:
        return None
    if config.experts == 1:
        return FeedForward(config.d_model, width)
    return Experts(config.d_model, width, config.experts, config.experts_active)
