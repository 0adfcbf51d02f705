"""Heads: what the model reads off an image about the target, and the chunk of commands."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from canter.vla.codec import BINS, ChunkCodec, bin_centres, held
from canter.vla.config import HALF_WIDTH, VlaConfig
from canter.vla.iterative_head import ITERATIVE, IterativeHead
from canter.vla.norm import RmsNorm
from canter.vla.proprio import PROPRIO
from canter.vla.token_head import TokenHead
from canter.vla.vision import GEOMETRY, Grounding

BIN_CODE = 16
"""Numbers that a field of a command has before they become the logits of its bins; so the head has
a tenth of the weights that as many free logits would take (own choice)."""
LOG_DISTANCE_LIMIT = 3.0
FELT = ("gyro", "projected_gravity")
"""What the network is told of the body. The previous command tells odometry alone how far the robot
went: a clone that is shown it repeats itself, and a robot that stands then stands for good."""


class Percept(NamedTuple):
    """What is seen of what is named; all fields share one shape.

    Attributes:
        seen_logit: logit that it is in view.
        bearing: its direction, positive left, rad; means nothing if it is not seen.
        log_distance: logarithm of its distance in m; means nothing if it is not seen.
    """

    seen_logit: Tensor
    bearing: Tensor
    log_distance: Tensor


class PerceptHead(nn.Module):
    """Reads bearing and distance from a grounding: a pinhole's answer and a learned correction."""

    def __init__(self, config: VlaConfig, hidden: int = 64) -> None:
        super().__init__()
        gravity = PROPRIO.widths["projected_gravity"]
        self.correct = nn.Sequential(
            nn.Linear(config.stem_channels[1] + GEOMETRY + gravity, hidden),
            nn.GELU(),
            nn.Linear(hidden, 2),
        )

    def forward(self, grounding: Grounding, gravity: Tensor) -> Percept:
        """Read a grounding (N, M, ...); ``gravity`` is a unit vector in the base frame, (N, 3)."""
        geometry = grounding.geometry
        body = gravity[:, None].expand(-1, geometry.shape[1], -1)
        read = self.correct(torch.cat([grounding.pooled, geometry, body], -1)).float()
        pinhole = -torch.atan(geometry[..., 0] * HALF_WIDTH)
        return Percept(
            grounding.seen_logit,
            pinhole + read[..., 0],
            read[..., 1].clamp(-LOG_DISTANCE_LIMIT, LOG_DISTANCE_LIMIT),
        )


class ResidualHead(nn.Module):
    """A bounded correction of a chunk's values by what is known at one frame; zero at first.

    The bound is a share of half of each command's range. Of ``terminate``, whose value is a logit,
    it is that which moves a probability of one half by this share of its half range, 2 artanh(b).
    Residual reinforcement over a base that stays as it is, after arXiv:2407.16677.

    Args:
        config: sizes; its ``residual`` is at least 1.
        is_logit: of the active fields.
    """

    def __init__(self, config: VlaConfig, is_logit: Tensor) -> None:
        super().__init__()
        felt = sum(PROPRIO.widths[name] for name in FELT)
        last = nn.Linear(config.residual, config.horizon * len(is_logit))
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.norm = RmsNorm(config.d_model)
        self.layers = nn.Sequential(
            nn.Linear(config.d_model + felt, config.residual),
            nn.GELU(),
            last,
            nn.Unflatten(-1, (config.horizon, len(is_logit))),
        )
        share = torch.tensor(config.residual_bound)
        self.bound: Tensor
        bound = torch.where(is_logit, 2.0 * share.atanh(), share)
        self.register_buffer("bound", bound, persistent=False)

    def forward(self, tokens: Tensor, felt: Tensor) -> Tensor:
        """Return what is added to the values, (..., horizon, active); see `ChunkHead`."""
        known = torch.cat([self.norm(tokens), felt.to(tokens.dtype)], -1)
        return self.bound * torch.tanh(self.layers(known).float())


class ChunkHead(nn.Module):
    """Predicts a chunk of commands by regression, and corrects it where there is a residual.

    Args:
        config: sizes.

    Attributes:
        codec: between the head's values and commands.
        horizon: commands that are predicted, as of every head.
        residual: what corrects the values; None for none.
    """

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        self.codec, self.horizon = ChunkCodec(config.active_fields), config.horizon
        active = len(config.active_fields)
        self.layers = nn.Sequential(
            *_chunk_layers(config, active), nn.Unflatten(-1, (config.horizon, active))
        )
        self.residual = ResidualHead(config, self.codec.is_logit) if config.residual else None

    def forward(self, tokens: Tensor, felt: Tensor) -> Tensor:
        """Return the head's values; ``codec.decode`` makes them physical.

        Args:
            tokens: of the backbone, (..., d_model).
            felt: FELT of the same frames, in order.

        Returns:
            (..., horizon, active).
        """
        values: Tensor = self.layers(tokens).float()
        return values if self.residual is None else values + self.residual(tokens, felt)

    def values(self, predicted: Tensor) -> Tensor:
        """Return the values of what was predicted, (..., CHUNK_STEPS, active)."""
        return held(predicted)


class BinsHead(nn.Module):
    """Predicts in which of BINS intervals each field of each command lies, as RT-1 and QUART do.

    A command is read as the expectation over the bins, not as the likeliest: so its resolution is
    not that of a bin, and it is smooth in the weights.
    """

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        self.codec, self.horizon = ChunkCodec(config.active_fields), config.horizon
        active = len(config.active_fields)
        self.layers = nn.Sequential(
            *_chunk_layers(config, active * BIN_CODE),
            nn.Unflatten(-1, (config.horizon, active, BIN_CODE)),
            nn.Linear(BIN_CODE, BINS),
        )
        self.centres: Tensor
        self.register_buffer("centres", bin_centres(), persistent=False)

    def forward(self, tokens: Tensor, felt: Tensor) -> Tensor:
        """Return the logits of the bins, (..., horizon, active, BINS); as in ChunkHead."""
        del felt
        logits: Tensor = self.layers(tokens)
        return logits.float()

    def values(self, predicted: Tensor) -> Tensor:
        """Return the values of logits, (..., CHUNK_STEPS, active); ``codec.decode`` takes them."""
        return held(self.codec.of_range(predicted.softmax(-1) @ self.centres))


Head = ChunkHead | BinsHead | TokenHead | IterativeHead
"""A head predicts, and ``values`` makes of that what its codec decodes."""


def chunk_head(config: VlaConfig) -> Head:
    """Return the head of a model."""
    if config.head in ITERATIVE:
        return IterativeHead(config)
    kinds: dict[str, type[ChunkHead | BinsHead | TokenHead]] = {
        "regression": ChunkHead, "bins": BinsHead, "tokens": TokenHead,
    }  # fmt: skip
    return kinds[config.head](config)


def _chunk_layers(config: VlaConfig, width: int) -> list[nn.Module]:
    """Return layers from tokens to ``width`` numbers for each command; small at the start."""
    last = nn.Linear(2 * config.d_model, config.horizon * width)
    nn.init.normal_(last.weight, std=0.01)
    nn.init.zeros_(last.bias)
    return [
        RmsNorm(config.d_model),
        nn.Linear(config.d_model, 2 * config.d_model),
        nn.GELU(),
        last,
    ]
