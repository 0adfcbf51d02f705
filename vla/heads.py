"""Heads: what the model reads off an image about the target, and the chunk of commands."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from canter.control.robot import DEFAULT_ROBOT
from canter.control.types import CHUNK_STEPS, GAIT_RANGES, GaitCommand
from canter.vla.config import IMAGE_SHAPE, VlaConfig
from canter.vla.norm import RmsNorm
from canter.vla.proprio import PROPRIO
from canter.vla.vision import Grounding

HALF_WIDTH = math.tan(DEFAULT_ROBOT.camera_fovy / 2) * IMAGE_SHAPE[1] / IMAGE_SHAPE[0]
"""Tangent of half the horizontal field of view of the nominal camera."""
LOG_DISTANCE_LIMIT = 3.0
GAIT_FIELDS: tuple[str, ...] = tuple(GAIT_RANGES)


class Percept(NamedTuple):
    """What is seen of the target; all fields share one shape.

    Attributes:
        seen_logit: logit that the target is in view.
        bearing: direction of the target, positive left, rad; means nothing if it is not seen.
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
        geometry = 5
        self.correct = nn.Sequential(
            nn.Linear(config.stem_channels[1] + geometry + gravity, hidden),
            nn.GELU(),
            nn.Linear(hidden, 2),
        )

    def forward(self, grounding: Grounding, gravity: Tensor) -> Percept:
        """Read a grounding (N, M, ...); ``gravity`` is a unit vector in the base frame, (N, 3)."""
        geometry = grounding.geometry[:, :, 0]
        body = gravity[:, None].expand(-1, geometry.shape[1], -1)
        read = self.correct(torch.cat([grounding.pooled[:, :, 0], geometry, body], -1)).float()
        pinhole = -torch.atan(geometry[..., 0] * HALF_WIDTH)
        return Percept(
            grounding.seen_logit,
            pinhole + read[..., 0],
            read[..., 1].clamp(-LOG_DISTANCE_LIMIT, LOG_DISTANCE_LIMIT),
        )


class ChunkCodec(nn.Module):
    """Inverse pair between physical commands (..., 12) and the head's values (..., active).

    Ranges map to -1..1, except that ``terminate`` is a logit in the head's values. Fields that are
    not active decode to the defaults of GaitCommand.
    """

    def __init__(self, active: tuple[str, ...]) -> None:
        super().__init__()
        low, high = torch.tensor([GAIT_RANGES[name] for name in active]).T
        where = torch.tensor([GAIT_FIELDS.index(name) for name in active])
        place = torch.zeros(len(active), len(GAIT_FIELDS))
        place[torch.arange(len(active)), where] = 1.0
        self.centre: Tensor
        self.half_range: Tensor
        self.place: Tensor
        self.fixed: Tensor
        self.is_logit: Tensor
        self.register_buffer("centre", (low + high) / 2, persistent=False)
        self.register_buffer("half_range", (high - low) / 2, persistent=False)
        self.register_buffer("place", place, persistent=False)
        default = torch.from_numpy(GaitCommand().to_array())
        self.register_buffer("fixed", default * (1 - place.sum(0)), persistent=False)
        logit = torch.tensor([name == "terminate" for name in active])
        self.register_buffer("is_logit", logit, persistent=False)

    def encode(self, commands: Tensor) -> Tensor:
        """Return targets (..., active): -1..1, and the probability itself for ``terminate``."""
        picked = commands @ self.place.T
        return torch.where(self.is_logit, picked, (picked - self.centre) / self.half_range)

    def decode(self, values: Tensor) -> Tensor:
        """Return physical commands (..., 12), clipped to the ranges."""
        bounded = self.centre + self.half_range * values.clamp(-1, 1)
        physical = torch.where(self.is_logit, values.sigmoid(), bounded)
        return physical @ self.place + self.fixed


class ChunkHead(nn.Module):
    """Predicts a chunk of commands by regression: (..., d_model) to (..., CHUNK_STEPS, active)."""

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        self.codec = ChunkCodec(config.active_fields)
        active = len(config.active_fields)
        last = nn.Linear(2 * config.d_model, CHUNK_STEPS * active)
        nn.init.normal_(last.weight, std=0.01)
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(
            RmsNorm(config.d_model),
            nn.Linear(config.d_model, 2 * config.d_model),
            nn.GELU(),
            last,
            nn.Unflatten(-1, (CHUNK_STEPS, active)),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the head's values; ``codec.decode`` makes them physical."""
        values: Tensor = self.layers(tokens)
        return values.float()
