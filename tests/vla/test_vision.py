"""Grounding: attention is a distribution, its geometry is right, and words choose the place."""

import math

import numpy as np
import pytest
import torch

from canter.vla.config import HALF_WIDTH, IMAGE_SHAPE
from canter.vla.language import Referents
from canter.vla.model import VlaModel
from canter.vla.vision import GRID, geometry, locations
from tests.vla.records import make_instruction


def said_of(model: VlaModel, count: int = 2) -> Referents:
    vectors = np.stack([make_instruction(i) for i in range(count)])
    found: Referents = model.instruct(torch.from_numpy(vectors)).referents
    return found


def test_attention_is_a_distribution(model: VlaModel) -> None:
    images = torch.randint(0, 256, (2, *IMAGE_SHAPE), dtype=torch.uint8)
    with torch.no_grad():
        grounding = model.grounder(model.stem(images), said_of(model))
    torch.testing.assert_close(grounding.attention.sum(-1), torch.ones(2, 2))
    assert (grounding.attention >= 0).all()


def test_geometry_of_a_point_is_its_place() -> None:
    rows, columns = GRID
    attention = torch.zeros(1, 1, rows * columns)
    attention[..., 0] = 1.0  # the upper left location
    found = geometry(attention, attention, locations())[0, 0]
    expected = [-1 + 1 / columns, -1 + 1 / rows]
    assert found[:2].tolist() == pytest.approx(expected, abs=1e-6)
    assert found[2:4].tolist() == pytest.approx([0.0, 0.0], abs=1e-2)


def test_pinhole_covers_the_field_of_view() -> None:
    # 70 degrees vertically over the middle 64 of 96 rows; 96 columns are as wide.
    assert pytest.approx(1.5 * math.tan(math.radians(35))) == HALF_WIDTH


def test_target_needs_colour_and_kind(model: VlaModel) -> None:
    """With hand-made detectors, the map peaks where both fire and not where only one does."""
    grounder = model.grounder
    channels = model.config.stem_channels[1]
    grid = torch.full((1, GRID[0] * GRID[1], channels), 0.0)
    colour_only, kind_only, both = 10, 200, 300
    grid[0, [colour_only, both], 0] = 1.0
    grid[0, [kind_only, both], 1] = 1.0
    with torch.no_grad():
        for layer, channel in ((grounder.colour_queries, 0), (grounder.kind_queries, 1)):
            layer.weight.zero_()
            bias = torch.zeros(grounder.heads, channels + 1)
            bias[:, channel], bias[:, -1] = 12.0, -6.0
            layer.bias.copy_(bias.flatten())
        grounding = grounder(grid, said_of(model, 1))
    attention = grounding.attention[0, 0]
    assert attention.argmax().item() == both
    assert attention[both] > 100 * attention[colour_only]
    assert attention[both] > 100 * attention[kind_only]
    assert grounding.seen_logit[0, 0] > 0
