import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.sim.isaacgym.structs import TriangleMeshParams
from canter.sim.isaacgym.terrain import from_triangles
from canter.sim.isaacgym.terrain_grid import grid_columns, grid_of
from canter.sim.isaacgym.terrain_mesh import convert_heightfield_to_trimesh


def cell_triangles(rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Return two triangles a cell, corners in any order, diagonals either way."""
    made = []
    for row in range(rows - 1):
        for column in range(columns - 1):
            i = row * columns + column
            a, b, c, d = i, i + 1, i + columns, i + columns + 1
            pair = ((a, b, d), (a, c, d)) if rng.random() < 0.5 else ((a, b, c), (b, c, d))
            made += [rng.permutation(triangle) for triangle in pair]
    return np.array(made)


@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_cells_are_known_however_they_are_cut(rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = cell_triangles(rows, columns, rng).astype(rng.choice(["u4", "i4", "i8"]))
    assert grid_columns(corners, rows * columns) == columns


@given(st.integers(3, 6), st.integers(3, 6), st.integers(0, 2**32 - 1))
def test_one_wrong_corner_is_noticed(rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = cell_triangles(rows, columns, rng)
    corners[rng.integers(2, len(corners)), rng.integers(3)] = 0  # cells but the first lack vertex 0
    assert grid_columns(corners, rows * columns) == 0


@pytest.mark.parametrize("count", [8, 10, 12, 3])
def test_a_wrong_number_of_vertices_is_noticed(count: int) -> None:
    corners = cell_triangles(3, 3, np.random.default_rng(0))
    assert grid_columns(corners, count) == 0
    assert grid_columns(corners, 9) == 3


def test_vertices_off_the_grid_are_noticed() -> None:
    vertices, _ = convert_heightfield_to_trimesh(np.zeros((5, 4), np.int16), 0.1, 0.005)
    found = grid_of(vertices, 4)
    assert found is not None
    np.testing.assert_allclose(np.array(found), np.array([[0, 0], [0.1, 0.1]]), atol=1e-6)
    vertices[6, 0] += 0.04
    assert grid_of(vertices, 4) is None


def test_a_large_mesh_takes_little_more_memory_than_itself() -> None:
    raw = np.kron(np.arange(900).reshape(30, 30) % 37, np.ones((20, 20))).astype(np.int16)
    vertices, triangles = convert_heightfield_to_trimesh(raw, 0.05, 0.005, 0.75)
    tracemalloc.start()
    field = from_triangles(vertices.ravel(), triangles.ravel(), TriangleMeshParams())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert field.notes == ()
    np.testing.assert_allclose(field.heights, raw * 0.005, atol=1e-6)
    assert peak < 3 * (vertices.nbytes + triangles.nbytes)
