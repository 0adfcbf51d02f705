"""Heads that reach a chunk of commands in several passes, each of which sees the last one's result.

``two_pass`` says a first answer and looks at it once more: a = f(0, 0), then f(t a, t) with t = 0.9
(minimal iterative policy, arXiv:2512.01809). ``flow`` carries a point from noise to the chunk along
a learned velocity in equal steps (rectified flow, arXiv:2209.03003); driving, it starts in the
middle of the noise, so that the same picture has the same answer.
"""

import math

import torch
from torch import Tensor, nn

from canter.vla.codec import ChunkCodec, held
from canter.vla.config import VlaConfig
from canter.vla.norm import RmsNorm

ITERATIVE = ("two_pass", "flow")
"""Kinds of head that this module makes."""
SECOND = 0.9
"""Time of the second pass: a tenth of what it sees in training is noise."""
LOGIT_SCALE = 4.0
"""A point is -1 to 1 in every field; so many times that is the logit of ``terminate``."""
FREQUENCIES = 4


class IterativeHead(nn.Module):
    """Predicts a chunk in passes over a context that is computed once.

    A point is a chunk in which every active field lies in -1 to 1, what the codec encodes and a
    probability stretched to that range; in one row, (horizon * active,). (That it is not unpacked
    between passes is torch's exporter's fault: it confuses the axis -2 with the end of a slice.)

    Args:
        config: sizes.

    Attributes:
        codec: between the head's values and commands.
        flows: whether passes give a velocity; else they give the chunk.
    """

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        self.codec, self.horizon = ChunkCodec(config.active_fields), config.horizon
        self.flows, self.steps = config.head == "flow", config.flow_steps
        self.shape = (self.horizon, len(config.active_fields))
        size, width = math.prod(self.shape), 2 * config.d_model
        self.middle: Tensor
        self.register_buffer("middle", torch.zeros(size), persistent=False)
        self.context = nn.Sequential(RmsNorm(config.d_model), nn.Linear(config.d_model, width))
        self.point = nn.Linear(size, width, bias=False)
        self.time = nn.Linear(2 * FREQUENCIES, width, bias=False)
        last = nn.Linear(width, size)
        nn.init.normal_(last.weight, std=0.01)
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(nn.GELU(), nn.Linear(width, width), nn.GELU(), last)

    def forward(self, tokens: Tensor, felt: Tensor) -> Tensor:
        """Return the context of tokens (..., d_model), (..., width); as in ChunkHead."""
        del felt
        context: Tensor = self.context(tokens)
        return context.float()

    def refined(self, context: Tensor, points: Tensor, time: Tensor) -> Tensor:
        """Return what one pass makes of points: chunks, or velocities.

        Args:
            context: (..., width).
            points: (..., size).
            time: from 0, where a point is noise, to 1, where it is the chunk, (..., 1).
        """
        angles = math.pi * time * torch.arange(1, FREQUENCIES + 1, device=time.device)
        known = context + self.point(points)
        known = known + self.time(torch.cat([angles.sin(), angles.cos()], -1))
        answer: Tensor = self.layers(known).float()
        return answer

    def values(self, predicted: Tensor) -> Tensor:
        """Return values of contexts, (..., CHUNK_STEPS, active), which ``codec.decode`` takes."""
        none = predicted[..., :1] * 0.0
        points = none + self.middle
        if self.flows:
            for number in range(self.steps):
                velocity = self.refined(predicted, points, none + number / self.steps)
                points = points + velocity / self.steps
        else:
            first = self.refined(predicted, points, none)
            points = self.refined(predicted, SECOND * first, none + SECOND)
        unpacked = points.unflatten(-1, self.shape)
        return held(torch.where(self.codec.is_logit, LOGIT_SCALE * unpacked, unpacked))

    def points(self, commands: Tensor) -> Tensor:
        """Return physical commands (N, horizon, 12) as points (N, size)."""
        target = self.codec.encode(commands)
        return torch.where(self.codec.is_logit, 2 * target - 1, target).flatten(1)

    def misses(self, context: Tensor, commands: Tensor) -> Tensor:
        """Return what passes at drawn times miss of what they should say, (P, N, horizon, active).

        Args:
            context: of N frames, (N, width).
            commands: that should come out, physical, (N, horizon, 12).
        """
        target = self.points(commands)
        noise, none = torch.randn_like(target), target.new_zeros(len(target), 1)
        if self.flows:
            time = torch.rand_like(none).square()  # most where the noise is strong (own choice)
            there = (1 - time) * noise + time * target
            missed = (self.refined(context, there, time) - (target - noise))[None]
        else:
            seen = SECOND * target + (1 - SECOND) * noise
            passes = (torch.zeros_like(target), none), (seen, none + SECOND)
            missed = torch.stack([self.refined(context, *each) - target for each in passes])
        unpacked: Tensor = missed.unflatten(2, self.shape)
        return unpacked
