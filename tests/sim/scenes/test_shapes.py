import math

import numpy as np
import pytest

from canter.control.vocab import SHAPES
from canter.sim.scenes.shapes import (
    CROSS_BAR,
    WIDTH_RANGES,
    Thing,
    natural_size,
    nearest_surface_distance,
)


def geom(shape: str, width: float, yaw: float = 0.0) -> Thing:
    return Thing(shape, "red", (1.0, 0.0, 0.0), natural_size(shape, width), 0.4, -0.3, yaw)


def outline(thing: Thing, count: int = 4000) -> np.ndarray:
    """Points on the outline on the floor, found by walking its corners; world frame, (n, 2)."""
    half = thing.size[0] / 2
    bar = half * CROSS_BAR
    if thing.shape == "cube":
        corners = [(half, half), (-half, half), (-half, -half), (half, -half)]
    elif thing.shape == "cross":
        quarter = [(half, -bar), (half, bar), (bar, bar)]
        corners = []
        for turn in range(4):
            cos, sin = round(math.cos(turn * math.pi / 2)), round(math.sin(turn * math.pi / 2))
            corners += [(cos * x - sin * y, sin * x + cos * y) for x, y in quarter]
    else:
        angles = np.linspace(0, 2 * math.pi, 721)
        corners = [(half * math.cos(a), half * math.sin(a)) for a in angles]
    points = []
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        share = np.linspace(0, 1, max(count // len(corners), 3))[:, None]
        points.append((1 - share) * np.array([x0, y0]) + share * np.array([x1, y1]))
    axis_x = [math.cos(thing.yaw), math.sin(thing.yaw)]
    axis_y = [-math.sin(thing.yaw), math.cos(thing.yaw)]
    return np.asarray(np.concatenate(points) @ np.array([axis_x, axis_y]) + [thing.x, thing.y])


@pytest.mark.parametrize("shape", SHAPES)
def test_distance_is_that_of_the_nearest_point_sampled_on_the_outline(shape: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        thing = geom(shape, rng.uniform(*WIDTH_RANGES[shape]), rng.uniform(-3, 3))
        angle, away = rng.uniform(-math.pi, math.pi), thing.radius + rng.uniform(0.01, 2.0)
        x, y = thing.x + away * math.cos(angle), thing.y + away * math.sin(angle)
        sampled = np.linalg.norm(outline(thing) - [x, y], axis=1).min()
        assert nearest_surface_distance(thing, x, y) == pytest.approx(sampled, abs=2e-3)


def test_distance_by_hand() -> None:
    ball = geom("ball", 0.4)
    assert nearest_surface_distance(ball, 0.4 + 1.0, -0.3) == pytest.approx(0.8)
    assert nearest_surface_distance(ball, 0.4, -0.25) == 0.0
    cube = geom("cube", 0.2, yaw=math.pi / 4)
    assert nearest_surface_distance(cube, 1.4, -0.3) == pytest.approx(1.0 - 0.1 * math.sqrt(2))
    cross = geom("cross", 0.5)
    corner = 0.25 * CROSS_BAR
    assert nearest_surface_distance(cross, 0.6, -0.1) == pytest.approx(0.2 - corner)


@pytest.mark.parametrize("shape", SHAPES)
def test_radius_holds_the_whole_outline_and_no_more(shape: str) -> None:
    thing = geom(shape, 0.4, yaw=0.3)
    reach = np.linalg.norm(outline(thing) - [thing.x, thing.y], axis=1).max()
    assert thing.radius == pytest.approx(reach, rel=1e-3)
