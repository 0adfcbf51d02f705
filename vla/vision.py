"""Image encoder and the grounding of words in it.

The stem sees the image alone. What is said enters after it, as query vectors that are compared
with the normalised features at every location: colour queries and kind queries give separate
detector maps, whose logical AND (sum of log-probabilities) says where the target is. Nothing but
both detectors can make a location score, so unseen pairs compose (own design, after TokenLearner,
arXiv:2106.11297).
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.vla.config import IMAGE_SHAPE, VlaConfig
from canter.vla.language import Referents
from canter.vla.norm import RmsNorm
from canter.vla.picture import exposed, focused, without_noise

STRIDE = 4
GRID = (IMAGE_SHAPE[0] // STRIDE, IMAGE_SHAPE[1] // STRIDE)
LAYOUT_POOL = 4
"""The coarse map of where things stand has cells of 4 x 4 locations."""
PIXEL_MEAN, PIXEL_STD = 110.0, 60.0
CONTRAST_JITTER, BRIGHTNESS_JITTER, TINT_JITTER = 0.15, 0.15, 0.04
"""Ranges of training jitter; tint stays small, since orange must not become red."""
NOISY_SHARE = 0.5
"""Of the pictures that keep their noise in training."""
PEAK_SCALE = 5.0


class Grounding(NamedTuple):
    """What the words select in a picture; leading dimensions (N, M): picture, referent.

    Attributes:
        seen_logit: logit that the referent is in view, (N, M).
        pooled: features under its map, (N, M, channels).
        geometry: of its map: mean x, mean y (-1..1, right and down), spreads and peak, (N, M, 5).
        attention: its map, sums to 1 over locations, (N, M, locations).
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


def developed(images: Tensor, *, training: bool) -> Tensor:
    """Return pictures (N, 3, H, W) evenly exposed, without noise and in focus.

    In training every other one keeps its noise, so that what the filter leaves of more than twice
    as much is nothing new.
    """
    images = exposed(images)
    filtered = focused(without_noise(images))
    if not training:
        return filtered
    noisy = torch.rand(len(images), 1, 1, 1, device=images.device) < NOISY_SHARE
    return torch.where(noisy, images, filtered)


class VisionStem(nn.Module):
    """Convolutions from a uint8 picture to features at stride 4 with context from stride 8."""

    def __init__(self, channels: tuple[int, int, int], coarse_layers: int) -> None:
        super().__init__()
        fine, middle, coarse = channels
        self.enter = nn.Conv2d(3, fine, 5, stride=2, padding=2)
        self.down = nn.Conv2d(fine, middle, 3, stride=2, padding=1)
        self.mix = nn.Conv2d(middle, middle, 3, padding=1)
        self.down_coarse = nn.Conv2d(middle, coarse, 3, stride=2, padding=1)
        self.mix_coarse = nn.ModuleList(
            nn.Conv2d(coarse, coarse, 3, padding=1) for _ in range(coarse_layers)
        )
        self.lift = nn.Conv2d(coarse, middle, 1)
        self.norm = RmsNorm(middle)
        for layer in self.modules():  # pictures come with channels last; a quarter faster
            if isinstance(layer, nn.Conv2d):
                layer.weight.data = layer.weight.contiguous(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Encode pictures (N, *IMAGE_SHAPE), uint8 or float in 0..255, to (N, L, channels)."""
        x = developed(images.permute(0, 3, 1, 2).float(), training=self.training)
        x = (x - PIXEL_MEAN) / PIXEL_STD
        if self.training:
            x = jitter(x)
        x = F.relu(self.down(F.relu(self.enter(x))))
        x = F.relu(x + self.mix(x))
        y = F.relu(self.down_coarse(x))
        for mix in self.mix_coarse:
            y = F.relu(y + mix(y))
        x = x + F.interpolate(self.lift(y), scale_factor=2.0, mode="nearest")
        grid: Tensor = self.norm(x.permute(0, 2, 3, 1).flatten(1, 2))
        return grid


class Grounder(nn.Module):
    """Finds what is named in the stem's grid."""

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        channels = config.stem_channels[1]
        self.heads = config.attribute_heads
        per_query = channels + 1  # the query and its bias
        self.colour_queries = nn.Linear(config.slot_width, self.heads * per_query)
        self.kind_queries = nn.Linear(config.slot_width, self.heads * per_query)
        self.film = nn.Linear(2 * config.slot_width, 2 * channels)
        self.log_sharpness = nn.Parameter(torch.zeros(()))
        self.seen_scale = nn.Parameter(torch.tensor(2.0))
        self.seen_bias = nn.Parameter(torch.tensor(2.0))
        self.where: Tensor
        self.register_buffer("where", locations(), persistent=False)

    def forward(self, grid: Tensor, referents: Referents) -> Grounding:
        """Find referents (N, M, ...) in grids (N, L, channels)."""
        queries = [
            self.colour_queries(referents.colour).unflatten(-1, (self.heads, -1)),
            self.kind_queries(referents.kind).unflatten(-1, (self.heads, -1)),
        ]
        detectors = compared(grid, torch.cat(queries, dim=-2))
        # log of the soft AND, (N, M, L); as ONNX, the logarithm of a sigmoid loses small ones
        score = -F.softplus(-detectors).sum(2)
        sharpness = self.log_sharpness.exp()
        peak = torch.logsumexp(score * sharpness, -1) / sharpness
        attention = (score * sharpness).softmax(-1)
        slots = torch.cat([referents.colour, referents.kind], -1)
        scale, shift = self.film(slots).chunk(2, dim=-1)  # FiLM (arXiv:1709.07871)
        pooled = F.gelu((attention.to(grid.dtype) @ grid) * (1 + scale) + shift)
        return Grounding(
            self.seen_scale * peak + self.seen_bias,
            pooled,
            geometry(attention, score * sharpness, self.where),
            attention,
        )


class FreeMaps(nn.Module):
    """Attention maps that the whole instruction asks for; the model uses them as it likes."""

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        channels = config.stem_channels[1]
        self.maps = config.free_maps
        self.queries = nn.Linear(config.context_width, self.maps * (channels + 1))
        self.size = self.maps * (channels + GEOMETRY)
        self.where: Tensor
        self.register_buffer("where", locations(), persistent=False)

    def forward(self, grid: Tensor, context: Tensor) -> Tensor:
        """Pool grids (N, L, channels) as contexts (N, context) ask, (N, size)."""
        asked = self.queries(context).unflatten(-1, (self.maps, -1))
        logits = compared(grid, asked[:, None])[:, 0]
        attention = logits.softmax(-1)
        pooled = attention.to(grid.dtype) @ grid
        shape = geometry(attention, logits, self.where)
        return torch.cat([pooled.float().flatten(1), shape.flatten(1)], -1)


GEOMETRY = 5
"""Numbers that tell the shape of a map."""


def locations() -> Tensor:
    """Return the picture coordinates of the grid's locations, x right and y down, (L, 2)."""
    rows, columns = (torch.linspace(-1 + 1 / n, 1 - 1 / n, n) for n in GRID)
    return torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1).reshape(-1, 2)


def compared(grid: Tensor, spoken: Tensor) -> Tensor:
    """Compare queries with biases (N, M, queries, channels + 1) with a grid; (N, M, queries, L)."""
    query, bias = spoken[..., :-1], spoken[..., -1:]
    matched = query.flatten(1, 2) @ grid.transpose(1, 2)
    logits: Tensor = matched.unflatten(1, spoken.shape[1:3]).float() + bias.float()
    return logits


def geometry(attention: Tensor, logits: Tensor, where: Tensor) -> Tensor:
    """Return mean position, spread and peak of maps (..., L), (..., GEOMETRY)."""
    with torch.autocast(attention.device.type, enabled=False):  # sub-cell precision
        mean = attention @ where
        variance = attention @ where.square() - mean.square()
        peak = logits.amax(-1, keepdim=True) / PEAK_SCALE
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
