import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.structs import (
    HeightFieldParams,
    PlaneParams,
    Quat,
    TriangleMeshParams,
    Vec3,
)
from canter.sim.isaacgym.terrain import from_samples, from_triangles, plane
from canter.sim.isaacgym.terrain_mesh import convert_heightfield_to_trimesh
from tests.sim.isaacgym.engine_worlds import ball, physics_of, placed

GRIDS = hnp.arrays(
    np.int16,
    st.tuples(st.integers(3, 12), st.integers(3, 12)),
    elements=st.integers(-200, 200),
)


def field_params(grid: np.ndarray) -> HeightFieldParams:
    params = HeightFieldParams()
    params.column_scale, params.row_scale, params.vertical_scale = 0.1, 0.2, 0.005
    params.nbRows, params.nbColumns = grid.shape[1], grid.shape[0]
    params.transform.p = Vec3(-3, -4, 0.5)
    return params


@given(GRIDS)
def test_samples_are_x_first_flat_or_not(grid: np.ndarray) -> None:
    for samples in (grid, grid.ravel()):
        field = from_samples(samples, field_params(grid))
        np.testing.assert_allclose(field.heights, grid * 0.005, rtol=1e-6)
        np.testing.assert_allclose(field.scale, [0.1, 0.2])
        np.testing.assert_array_equal(field.origin, [-3, -4, 0.5])


def test_a_wrong_number_of_samples_is_told() -> None:
    params = field_params(np.zeros((4, 5)))
    with pytest.raises(GymError, match="nbRows 5 x nbColumns 4"):
        from_samples(np.zeros(21, np.int16), params)


@settings(deadline=None)
@given(GRIDS, st.sampled_from([None, 0.75]))
def test_the_mesh_of_a_height_field_becomes_the_field(
    grid: np.ndarray, slope: float | None
) -> None:
    # A level rim, as terrains have: the spacing of the outermost vertices is theirs.
    grid = np.pad(grid, 2)
    vertices, triangles = convert_heightfield_to_trimesh(grid, 0.1, 0.005, slope)
    params = TriangleMeshParams()
    params.transform.p = Vec3(-3, -4, 0.5)
    field = from_triangles(vertices.flatten(), triangles.flatten(), params)
    assert field.notes == ()
    np.testing.assert_allclose(field.heights, grid * 0.005, atol=1e-6)
    np.testing.assert_allclose(field.scale, 0.1, rtol=1e-4)
    np.testing.assert_allclose(field.origin, [-3, -4, 0.5], atol=1e-4)


def test_another_mesh_is_sampled_from_above() -> None:
    """A tilted rectangle beneath a horizontal one that covers half of it."""
    vertices = np.array(
        [[0, 0, 0], [2, 0, 1], [2, 1, 1], [0, 1, 0], [0, 0, 3], [1, 0, 3], [1, 1, 3], [0, 1, 3]]
    )
    triangles = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]])
    field = from_triangles(vertices, triangles, TriangleMeshParams())
    assert "upper surface" in field.notes[0]
    x = np.arange(field.heights.shape[0]) * 0.05
    wanted = np.where(x <= 1 + 1e-9, 3.0, x / 2)
    np.testing.assert_allclose(field.heights, np.broadcast_to(wanted[:, None], field.heights.shape))


def test_a_mesh_with_a_wrong_index_is_told() -> None:
    with pytest.raises(GymError, match="indices"):
        from_triangles(np.zeros((3, 3)), np.array([[0, 1, 3]]), TriangleMeshParams())


def test_a_turned_terrain_is_told() -> None:
    params = field_params(np.zeros((4, 4)))
    params.transform.r = Quat(0, 0, 1, 0)
    with pytest.raises(GymError, match="turn the samples"):
        from_samples(np.zeros((4, 4), np.int16), params)


def test_a_plane_is_of_unit_normal_and_mean_friction() -> None:
    params = PlaneParams()
    params.normal, params.static_friction, params.dynamic_friction = Vec3(0, 0, 2), 1.0, 0.5
    made = plane(params)
    np.testing.assert_array_equal(made.normal, [0, 0, 1])
    assert made.friction == 0.75
    params.normal = Vec3(0, 0, 0)
    with pytest.raises(GymError, match="normal is zero"):
        plane(params)


@pytest.mark.parametrize(("x", "y", "step"), [(-1.5, -3.0, 0), (1.4, -3.0, 200), (1.4, 3.0, 400)])
def test_a_ball_rests_at_the_height_of_its_place(x: float, y: float, step: int) -> None:
    grid = np.zeros((60, 40), np.int16)
    grid[30:] = 200
    grid[30:, 20:] = 400
    params = field_params(grid)
    physics = physics_of(
        [placed(ball(), pos=(x, y, step * 0.005 + 0.65))], from_samples(grid, params)
    )
    for _ in range(200):
        physics.step()
    assert physics.qpos[0, 2] == pytest.approx(step * 0.005 + 0.5 + 0.1, abs=2e-3)
