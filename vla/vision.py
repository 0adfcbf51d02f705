"""Image encoder and the grounding of words in it.

The stem sees the image alone. What is said enters after it, as query vectors that are compared
with the normalised features at every location: colour queries and shape queries give separate
detector maps, whose logical AND (sum of log-probabilities) says where the target is. Nothing but
both detectors can make a location score, so unseen pairs compose (own design, after TokenLearner,
arXiv:2106.11297).
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.vla.config import IMAGE_SHAPE, VlaConfig
from canter.vla.language import Instruction
from canter.vla.norm import RmsNorm

STRIDE = 4
GRID = (IMAGE_SHAPE[0] // STRIDE, IMAGE_SHAPE[1] // STRIDE)
LAYOUT_POOL = 4
"""The coarse map of where things stand has cells of 4 x 4 locations."""
PIXEL_MEAN, PIXEL_STD = 110.0, 60.0
CONTRAST_JITTER, BRIGHTNESS_JITTER, TINT_JITTER = 0.15, 0.15, 0.04
"""Ranges of training jitter; tint stays small, since orange must not become red."""
PEAK_SCALE = 5.0


class Grounding(NamedTuple):
    """What the words select in the image; leading dimensions (N, M): image, instruction.

    Attributes:
        seen_logit: logit that the target is in view, (N, M).
        pooled: features under the target map and the free maps, (N, M, maps, channels).
        geometry: of each map: mean x, mean y (-1..1, right and down), spreads and peak,
            (N, M, maps, 5).
        attention: the target map, sums to 1 over locations, (N, M, locations).
    """

    seen_logit: Tensor
    pooled: Tensor
    geometry: Tensor
    attention: Tensor


def jitter(images: Tensor) -> Tensor:
    """Vary contrast and brightness of normalised images (N, 3, H, W), and colour a little."""
    shape = (images.shape[0], 1, 1, 1)
    contrast = 1 + CONTRAST_JITTER * (2 * torch.rand(shape, device=images.device) - 1)
    tint = TINT_JITTER * (2 * torch.rand(shape[0], 3, 1, 1, device=images.device) - 1)
    brightness = BRIGHTNESS_JITTER * (2 * torch.rand(shape, device=images.device) - 1)
    return images * (contrast + tint) + brightness


class VisionStem(nn.Module):
    """Convolutions from a uint8 image to features at stride 4 with context from stride 8."""

    def __init__(self, channels: tuple[int, int, int]) -> None:
        super().__init__()
        fine, middle, coarse = channels
        self.enter = nn.Conv2d(3, fine, 5, stride=2, padding=2)
        self.down = nn.Conv2d(fine, middle, 3, stride=2, padding=1)
        self.mix = nn.Conv2d(middle, middle, 3, padding=1)
        self.down_coarse = nn.Conv2d(middle, coarse, 3, stride=2, padding=1)
        self.mix_coarse = nn.Conv2d(coarse, coarse, 3, padding=1)
        self.lift = nn.Conv2d(coarse, middle, 1)
        self.norm = RmsNorm(middle)

    def forward(self, images: Tensor) -> Tensor:
        """Encode images (N, 64, 96, 3), uint8 or already float in 0..255, to (N, L, channels)."""
        x = (images.permute(0, 3, 1, 2).float() - PIXEL_MEAN) / PIXEL_STD
        if self.training:
            x = jitter(x)
        x = F.relu(self.down(F.relu(self.enter(x))))
        x = F.relu(x + self.mix(x))
        y = F.relu(self.down_coarse(x))
        y = self.lift(F.relu(y + self.mix_coarse(y)))
        x = x + F.interpolate(y, scale_factor=2.0, mode="nearest")
        grid: Tensor = self.norm(x.permute(0, 2, 3, 1).flatten(1, 2))
        return grid


class Grounder(nn.Module):
    """Language-conditioned token learner over the stem's grid."""

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        channels = config.stem_channels[1]
        self.heads, self.free = config.attribute_heads, config.free_maps
        per_query = channels + 1  # the query and its bias
        self.colour_queries = nn.Linear(config.slot_width, self.heads * per_query)
        self.shape_queries = nn.Linear(config.slot_width, self.heads * per_query)
        self.free_queries = nn.Linear(config.instruction_width, self.free * per_query)
        self.film = nn.Linear(config.instruction_width, 2 * channels)
        self.log_sharpness = nn.Parameter(torch.zeros(()))
        self.seen_scale = nn.Parameter(torch.tensor(2.0))
        self.seen_bias = nn.Parameter(torch.tensor(2.0))
        rows, columns = (torch.linspace(-1 + 1 / n, 1 - 1 / n, n) for n in GRID)
        where = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1).reshape(-1, 2)
        self.where: Tensor
        self.register_buffer("where", where, persistent=False)

    def forward(self, grid: Tensor, said: Instruction) -> Grounding:
        """Ground instructions (N, M, ...) in grids (N, L, channels)."""
        logits = self._logits(grid, said)  # (N, M, queries, L)
        detectors, free = logits.split([2 * self.heads, self.free], dim=2)
        score = F.logsigmoid(detectors).sum(2)  # log of the soft AND, (N, M, L)
        sharpness = self.log_sharpness.exp()
        peak = torch.logsumexp(score * sharpness, -1) / sharpness
        maps = torch.cat([(score * sharpness)[:, :, None], free], dim=2)
        attention = maps.softmax(-1)
        pooled = self._modulate(attention.to(grid.dtype) @ grid[:, None], said)
        return Grounding(
            self.seen_scale * peak + self.seen_bias,
            pooled,
            self._geometry(attention, maps),
            attention[:, :, 0],
        )

    def _logits(self, grid: Tensor, said: Instruction) -> Tensor:
        """Compare queries made from the words with the grid; return (N, M, queries, L)."""
        spoken = torch.cat(
            [
                self.colour_queries(said.colour).unflatten(-1, (self.heads, -1)),
                self.shape_queries(said.shape).unflatten(-1, (self.heads, -1)),
                self.free_queries(said.embedding).unflatten(-1, (self.free, -1)),
            ],
            dim=-2,
        )
        query, bias = spoken[..., :-1], spoken[..., -1:]
        matched = query.flatten(1, 2) @ grid.transpose(1, 2)
        logits: Tensor = matched.unflatten(1, spoken.shape[1:3]).float() + bias.float()
        return logits

    def _modulate(self, pooled: Tensor, said: Instruction) -> Tensor:
        """Apply FiLM (arXiv:1709.07871): the words scale and shift the pooled features."""
        scale, shift = self.film(said.embedding)[:, :, None].chunk(2, dim=-1)
        return F.gelu(pooled * (1 + scale) + shift)

    def _geometry(self, attention: Tensor, maps: Tensor) -> Tensor:
        """Return mean position, spread and peak of each map, (N, M, maps, 5)."""
        with torch.autocast(attention.device.type, enabled=False):  # sub-cell precision
            mean = attention @ self.where
            variance = attention @ self.where.square() - mean.square()
            peak = maps.amax(-1, keepdim=True) / PEAK_SCALE
            return torch.cat([mean, variance.clamp_min(1e-6).sqrt(), peak], dim=-1)


class LayoutPool(nn.Module):
    """Coarse picture of where things stand, for going round them: (N, L, C) to (N, size)."""

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        self.reduce = nn.Linear(config.stem_channels[1], config.layout_channels)
        self.size = config.layout_channels * (GRID[0] // LAYOUT_POOL) * (GRID[1] // LAYOUT_POOL)

    def forward(self, grid: Tensor) -> Tensor:
        """Pool features (N, L, channels) over cells of LAYOUT_POOL x LAYOUT_POOL locations."""
        reduced = F.relu(self.reduce(grid)).transpose(1, 2).unflatten(-1, GRID)
        return F.avg_pool2d(reduced, LAYOUT_POOL).flatten(1)
