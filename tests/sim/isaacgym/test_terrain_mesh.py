"""Oracle: the rule of the walls, sample by sample, in plain Python."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.terrain_mesh import convert_heightfield_to_trimesh

Grid = NDArray[np.int16]

GRIDS = arrays(
    np.int16,
    array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
    elements=st.integers(-9, 9),
)


def shift(heights: Grid, place: tuple[int, ...], step: tuple[int, int], limit: float) -> int:
    """Return by how many steps the sample at ``place`` moves along ``step``."""
    here = int(heights[place])
    moved = 0
    for sign in (1, -1):
        other = tuple(p + sign * s for p, s in zip(place, step, strict=True))
        if all(0 <= o < n for o, n in zip(other, heights.shape, strict=True)):
            moved += sign * (int(heights[other]) - here > limit)
    return moved


@given(GRIDS)
def test_vertices_under_walls(heights: Grid) -> None:
    vertices, _ = convert_heightfield_to_trimesh(heights, 0.5, 0.1, slope_threshold=0.7)
    limit = 0.7 * 0.5 / 0.1
    for vertex, place in zip(vertices, np.ndindex(heights.shape), strict=True):
        corner = shift(heights, place, (1, 1), limit)
        x = place[0] + (shift(heights, place, (1, 0), limit) or corner)
        y = place[1] + (shift(heights, place, (0, 1), limit) or corner)
        np.testing.assert_allclose(vertex, [0.5 * x, 0.5 * y, 0.1 * heights[place]], rtol=1e-6)


@given(GRIDS)
def test_triangles_cover_the_ground_once_and_face_up(heights: Grid) -> None:
    vertices, triangles = convert_heightfield_to_trimesh(heights, 0.5, 0.1)
    first, second, third = vertices[triangles].swapaxes(0, 1).astype(float)
    upward = np.cross(second - first, third - first)[:, 2]
    np.testing.assert_allclose(upward, 0.25)
    rows, columns = heights.shape
    assert len(triangles) == 2 * (rows - 1) * (columns - 1)
    centres = np.floor((first + second + third)[:, :2] / 1.5).astype(int)
    cells, counts = np.unique(centres, axis=0, return_counts=True)
    assert len(cells) == (rows - 1) * (columns - 1)
    assert set(counts) == {2}


def test_one_step_becomes_a_wall() -> None:
    heights = np.array([[0, 0], [100, 100], [100, 100]], dtype=np.int16)
    vertices, triangles = convert_heightfield_to_trimesh(heights, 0.1, 0.005, slope_threshold=0.75)
    np.testing.assert_allclose(vertices[:, 0], [0.1, 0.1, 0.1, 0.1, 0.2, 0.2], rtol=1e-6)
    np.testing.assert_allclose(vertices[:, 2], [0, 0, 0.5, 0.5, 0.5, 0.5], rtol=1e-6)
    assert vertices.dtype == np.float32
    assert triangles.dtype == np.uint32
    assert triangles[:2].tolist() == [[0, 3, 1], [0, 2, 3]]


def test_int16_extremes_do_not_wrap() -> None:
    heights = np.array([[-32768, -32768], [32767, 32767]], dtype=np.int16)
    vertices, _ = convert_heightfield_to_trimesh(heights, 1.0, 0.01, slope_threshold=0.75)
    assert vertices[:, 0].tolist() == [1, 1, 1, 1]


def test_a_training_terrain_takes_a_moment() -> None:
    heights = np.random.default_rng(0).integers(-20, 20, (2100, 1300)).astype(np.int16)
    start = time.perf_counter()
    convert_heightfield_to_trimesh(heights, 0.1, 0.005, slope_threshold=0.75)
    assert time.perf_counter() - start < 5


def test_no_grid() -> None:
    with pytest.raises(GymError, match="2 x 2"):
        convert_heightfield_to_trimesh(np.zeros(9, np.int16), 0.1, 0.005)
