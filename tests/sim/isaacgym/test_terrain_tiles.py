import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.sim.isaacgym.frames import Pose, quat_from_rpy
from canter.sim.isaacgym.render import Figure, Painter
from canter.sim.isaacgym.scene_model import build_scene
from canter.sim.isaacgym.terrain import HeightField
from canter.sim.isaacgym.terrain_tiles import TerrainTiles
from canter.sim.isaacgym.views import Lens, look_at

SIZES = st.integers(2, 150)


def field(rows: int, columns: int, scale: float = 0.1) -> HeightField:
    heights = np.random.default_rng(0).uniform(-1.0, 2.0, (rows, columns)).astype(np.float32)
    return HeightField(heights, np.array([scale, scale]), np.array([-3.0, 1.0, 0.5]), 1.0, 0.0)


@given(SIZES, SIZES, st.sampled_from([0.025, 0.1, 0.4]))
def test_the_tiles_together_are_the_terrain(rows: int, columns: int, scale: float) -> None:
    ground = field(rows, columns, scale)
    tiles = TerrainTiles(ground)
    seen = np.full((rows, columns), np.nan)
    for tile in range(tiles.count):
        samples = tiles.samples(tile)
        half = (np.array(samples.shape[::-1]) - 1) * scale / 2
        first = (tiles.centre(tile)[:2] - half - ground.origin[:2]) / scale
        x, y = np.round(first).astype(int)
        assert first == pytest.approx([x, y], abs=1e-6)
        metres = tiles.base + samples.T * tiles.height - ground.origin[2]
        seen[x : x + metres.shape[0], y : y + metres.shape[1]] = metres
    np.testing.assert_allclose(seen, ground.heights, atol=1e-5)


@given(SIZES, st.integers(97, 400))
def test_the_coarse_terrain_is_nowhere_above_the_samples_it_stands_for(
    rows: int, columns: int
) -> None:
    ground = field(rows, columns)
    tiles = TerrainTiles(ground)
    coarse = tiles.coarse().T
    assert max(coarse.shape) <= 96
    knots = [
        np.unique(np.linspace(0, count - 1, min(count, 96)).round().astype(int))
        for count in ground.heights.shape
    ]
    exact = (ground.heights[np.ix_(*knots)] - ground.heights.min()) / tiles.height
    assert np.all(coarse <= exact + 1e-6)


def test_what_is_near_and_in_view_is_chosen() -> None:
    tiles = TerrainTiles(field(600, 600))
    point = np.array([20.0, 20.0, 1.0])
    near, centres, radii = tiles.near(point, 5.0)
    away = np.hypot(*(centres[:, :2] - point[:2]).T)
    assert np.all(np.diff(away) >= 0) and away[-1] <= 5.0 + radii.max()
    assert len(set(near.tolist())) == len(near)
    lens = Lens(100, 100, 1.0, 0.1, 50.0)
    seen = lens.sees(look_at(point, point + np.array([1.0, 0.0, 0.0])), centres, radii)
    ahead = centres[:, 0] - point[0]
    assert np.all(ahead[seen] > -radii.max())
    assert np.all(seen[ahead > np.abs(centres[:, 1] - point[1]) + np.abs(centres[:, 2] - 1.0)])


def test_a_slope_is_as_far_as_the_plane_it_is_and_new_tiles_show_where_the_view_goes() -> None:
    """A field that rises 1 in 4 along x, seen straight from above at places 60 m apart."""
    x = np.arange(900)[:, None] * 0.1
    ground = HeightField(
        np.broadcast_to(0.25 * x, (900, 300)).astype(np.float32),
        np.array([0.1, 0.1]),
        np.zeros(3),
        1.0,
        0.0,
    )
    scene = build_scene([], ground, np.array([0.0, 0.0, 1.0]))
    painter = Painter(scene)
    nothing = Figure((np.zeros((0, 3)), np.zeros((0, 4))), np.zeros(3), {})
    down = quat_from_rpy([0.0, np.pi / 2, 0.0])
    for at in (10.0, 70.0, 10.0):
        pose = Pose(np.array([at, 15.0, 0.25 * at + 5.0]), down)
        painter.draw(Lens(41, 41, 0.2, 0.1, 9.0), pose, [nothing], sky=False)
        assert painter.distances()[20, 20] == pytest.approx(5.0, rel=0.005)
        rows = painter.distances()[:, 20]  # the picture's top is towards -z: its rows run along x
        assert abs(rows[0] - rows[-1]) == pytest.approx(0.25 * 2 * 0.2 * 5.0, rel=0.05)
