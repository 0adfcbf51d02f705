"""Between a head's values and the physical commands of a chunk."""

import torch
from torch import Tensor, nn

from canter.control.types import CHUNK_STEPS, GAIT_RANGES, GaitCommand
from canter.vla.stillness import stilled

GAIT_FIELDS: tuple[str, ...] = tuple(GAIT_RANGES)
BINS = 256
"""Intervals of each field's range, as many as RT-1 (arXiv:2212.06817) and QUART take."""


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
        """Return physical commands (..., 12), clipped to the ranges; what hardly moves stands."""
        bounded = self.centre + self.half_range * values.clamp(-1, 1)
        physical = torch.where(self.is_logit, values.sigmoid(), bounded)
        return stilled(physical @ self.place + self.fixed)

    def bins(self, commands: Tensor) -> Tensor:
        """Return in which of BINS intervals physical commands (..., 12) lie, int64, (..., active).

        Fields with a logit for their value (``terminate``) are binned over their range as well.
        """
        target = self.encode(commands)
        position = torch.where(self.is_logit, target, (target + 1) / 2)
        return (position * BINS).long().clamp(0, BINS - 1)

    def of_range(self, place: Tensor) -> Tensor:
        """Return the values of places in the ranges, -1 to 1 from end to end, (..., active)."""
        logit = (1 + place).log() - (1 - place).log()
        return torch.where(self.is_logit, logit, place)


def bin_centres() -> Tensor:
    """Return where the middles of the bins lie in a range that goes from -1 to 1, (BINS,)."""
    return (torch.arange(BINS) + 0.5) * 2 / BINS - 1


def held(values: Tensor) -> Tensor:
    """Return whole chunks (..., CHUNK_STEPS, active) of their first commands, the last one held."""
    lacking = CHUNK_STEPS - values.shape[-2]
    return torch.cat([values, *[values[..., -1:, :]] * lacking], -2) if lacking else values
