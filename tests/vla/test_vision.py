"""Grounding: attention is a distribution, its geometry is right, and words choose the place."""

import math

import numpy as np
import pytest
import torch

from canter.vla.heads import HALF_WIDTH
from canter.vla.language import Instruction
from canter.vla.model import VlaModel
from canter.vla.vision import GRID
from tests.vla.records import make_tokens


def said_of(model: VlaModel, seed: int = 0) -> Instruction:
    tokens = torch.from_numpy(make_tokens(np.random.default_rng(seed), 2))
    return Instruction(*(code[:, None] for code in model.text(tokens)))


def test_attention_is_a_distribution(model: VlaModel) -> None:
    images = torch.randint(0, 256, (2, 64, 96, 3), dtype=torch.uint8)
    with torch.no_grad():
        grounding = model.grounder(model.stem(images), said_of(model))
    torch.testing.assert_close(grounding.attention.sum(-1), torch.ones(2, 1))
    assert (grounding.attention >= 0).all()


def test_geometry_of_a_point_is_its_place(model: VlaModel) -> None:
    rows, columns = GRID
    attention = torch.zeros(1, 1, 1, rows * columns)
    attention[..., 0] = 1.0  # the upper left location
    geometry = model.grounder._geometry(attention, attention)[0, 0, 0]
    expected = [-1 + 1 / columns, -1 + 1 / rows]
    assert geometry[:2].tolist() == pytest.approx(expected, abs=1e-6)
    assert geometry[2:4].tolist() == pytest.approx([0.0, 0.0], abs=1e-2)


def test_pinhole_covers_the_field_of_view() -> None:
    # 70 degrees vertically over 64 rows; 96 columns are 1.5 times as wide in the tangent.
    assert pytest.approx(1.5 * math.tan(math.radians(35))) == HALF_WIDTH


def test_target_needs_colour_and_shape(model: VlaModel) -> None:
    """With hand-made detectors, the map peaks where both fire and not where only one does."""
    grounder = model.grounder
    channels = model.config.stem_channels[1]
    grid = torch.full((1, GRID[0] * GRID[1], channels), 0.0)
    colour_only, shape_only, both = 10, 200, 300
    grid[0, [colour_only, both], 0] = 1.0
    grid[0, [shape_only, both], 1] = 1.0
    with torch.no_grad():
        for layer, channel in ((grounder.colour_queries, 0), (grounder.shape_queries, 1)):
            layer.weight.zero_()
            bias = torch.zeros(grounder.heads, channels + 1)
            bias[:, channel], bias[:, -1] = 12.0, -6.0
            layer.bias.copy_(bias.flatten())
        grounding = grounder(grid, Instruction(*(code[:1] for code in said_of(model))))
    attention = grounding.attention[0, 0]
    assert attention.argmax().item() == both
    assert attention[both] > 100 * attention[colour_only]
    assert attention[both] > 100 * attention[shape_only]
    assert grounding.seen_logit.item() > 0
