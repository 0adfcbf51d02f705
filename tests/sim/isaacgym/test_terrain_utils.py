"""Oracles: hand arithmetic on terrains of the usual scales, 0.1 m by 0.005 m."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from canter.sim.isaacgym import terrain_utils as tu
from canter.sim.isaacgym.errors import GymError


def terrain(width: int = 80, length: int = 80) -> tu.SubTerrain:
    return tu.SubTerrain("test", width, length, vertical_scale=0.005, horizontal_scale=0.1)


def heights(made: tu.SubTerrain) -> NDArray[np.float64]:
    """Return heights, m."""
    return np.asarray(made.height_field_raw * 0.005)


def test_slope() -> None:
    made = tu.sloped_terrain(terrain(40, 30), slope=0.5)
    expected = 0.05 * np.arange(40)[:, None] * np.ones(30)
    np.testing.assert_allclose(heights(made), expected, atol=1e-9)


@pytest.mark.parametrize("slope", [0.3, -0.3])
def test_sloped_pyramid(slope: float) -> None:
    made = heights(tu.pyramid_sloped_terrain(terrain(), slope, platform_size=2.0))
    assert made.shape == (80, 80)
    # Halfway up one axis, on the centre line of the other; the platform's corner, 1 m from the
    # centre along both, is at 3/4 of 3/4 of the full height of 4 m x slope.
    assert made[10, 40] == pytest.approx(slope * 1.0)
    assert made[40, 10] == pytest.approx(slope * 1.0)
    assert made[40, 40] == made[30, 30] == pytest.approx(slope * 4 * (3 / 4) ** 2, abs=0.005)
    assert np.abs(made).max() == abs(made[40, 40])
    assert made[0].tolist() == [0] * 80


def test_stairs() -> None:
    made = heights(tu.stairs_terrain(terrain(80, 3), step_width=0.31, step_height=0.1))
    expected = np.repeat(0.1 * np.arange(1, 27), 3)
    np.testing.assert_allclose(made[:78], np.tile(expected[:, None], 3))
    assert not made[78:].any()


@pytest.mark.parametrize("rise", [0.1, -0.1])
def test_stepped_pyramid(rise: float) -> None:
    made = heights(tu.pyramid_stairs_terrain(terrain(), 0.5, rise, platform_size=3.0))
    np.testing.assert_allclose(made, made[::-1].T)
    np.testing.assert_allclose(made[40, ::5][:6], rise * np.arange(6))
    assert made[40, 40] == pytest.approx(5 * rise)


def test_wave() -> None:
    made = heights(tu.wave_terrain(terrain(), num_waves=2, amplitude=1.0))
    x, y = np.arange(80)[:, None], np.arange(80)
    expected = 0.5 * (np.cos(2 * np.pi * y / 40) + np.sin(2 * np.pi * x / 40))
    np.testing.assert_allclose(made, expected, atol=0.006)
    assert not tu.wave_terrain(terrain(), num_waves=0).height_field_raw.any()


@given(st.integers(0, 2**32 - 1))
def test_noise_keeps_to_its_range(seed: int) -> None:
    np.random.seed(seed)
    made = tu.random_uniform_terrain(terrain(), -0.05, 0.05, 0.005, downsampled_scale=0.2)
    units = made.height_field_raw
    assert -10 <= units.min() < 0 < units.max() <= 10


def test_noise_of_every_sample_is_in_steps() -> None:
    np.random.seed(0)
    made = tu.random_uniform_terrain(terrain(), -0.05, 0.05, 0.025)
    assert np.unique(made.height_field_raw).tolist() == [-10, -5, 0, 5, 10]


def test_noise_is_bilinear_between_draws() -> None:
    """Drawn at the corners alone, it is one bilinear patch: its mixed difference is constant."""
    np.random.seed(0)
    made = tu.random_uniform_terrain(terrain(), -5, 5, 0.005, downsampled_scale=4.0)
    corners = made.height_field_raw[[[0, 0], [-1, -1]], [[0, -1], [0, -1]]].astype(float)
    along = np.stack([1 - np.arange(80) / 79, np.arange(80) / 79])
    np.testing.assert_allclose(made.height_field_raw, along.T @ corners @ along, atol=0.5001)


def test_obstacles() -> None:
    np.random.seed(0)
    made = tu.discrete_obstacles_terrain(terrain(), 0.2, 1.0, 2.0, 20, platform_size=3.0)
    assert set(np.unique(made.height_field_raw)) == {-40, -20, 0, 20, 40}
    assert not made.height_field_raw[25:55, 25:55].any()


@pytest.mark.parametrize("shape", [(80, 80), (40, 80), (80, 40)])
def test_stepping_stones(shape: tuple[int, int]) -> None:
    np.random.seed(0)
    made = tu.stepping_stones_terrain(terrain(*shape), 0.8, 0.2, 0.0, platform_size=2.0)
    units = made.height_field_raw
    x, y = shape[0] // 2, shape[1] // 2
    assert not units[x - 10 : x + 10, y - 10 : y + 10].any()
    assert set(np.unique(units)) == {-2000, -1, 0}
    rows = units if shape[1] >= shape[0] else units.T
    # Rows of stones are 8 samples wide with 2 of holes between.
    assert (rows[:5, 8:10] == -2000).all()
    assert (rows[:, :8] == rows[:, :1]).all()
    assert 0.6 < (rows[:, :8] == -1).mean() < 0.95


def test_one_seed_one_terrain() -> None:
    drawn = []
    for _ in range(2):
        np.random.seed(3)
        drawn.append(tu.stepping_stones_terrain(terrain(), 0.5, 0.1, 0.2).height_field_raw)
    np.testing.assert_array_equal(drawn[0], drawn[1])


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda t: tu.sloped_terrain(t, slope=40), "vertical_scale"),
        (lambda t: tu.random_uniform_terrain(t, 0, 1, step=0.001), "step"),
        (lambda t: tu.random_uniform_terrain(t, 0, 1, 0.1, downsampled_scale=9.0), "downsampled"),
        (lambda t: tu.stairs_terrain(t, 0.05, 0.1), "steps 0.05 m"),
        (lambda t: tu.discrete_obstacles_terrain(t, 0.1, 1.0, 1.0, 3), "obstacle size"),
        (lambda t: tu.discrete_obstacles_terrain(t, 0.1, 8.5, 9.0, 3), "obstacle place"),
        (lambda t: tu.stepping_stones_terrain(t, 0.05, 0.1, 0.0), "stones of 0.05 m"),
        (lambda t: tu.stepping_stones_terrain(t, 0.5, 0.1, -1.0), "stone height"),
    ],
)
def test_errors_name_the_culprit(make: Callable[[tu.SubTerrain], tu.SubTerrain], what: str) -> None:
    with pytest.raises(GymError, match=what):
        make(terrain())
