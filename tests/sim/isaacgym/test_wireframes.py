import numpy as np
import pytest
from numpy.typing import NDArray

from canter.sim.isaacgym import wireframes as wf
from canter.sim.isaacgym.structs import Quat, Transform, Vec3

Records = NDArray[np.void]

POSE = Transform(Vec3(1, 2, 3), Quat.from_axis_angle(Vec3(0, 0, 1), np.pi / 2))


class Paper:
    """A Gym that keeps what is drawn."""

    def add_lines(
        self, viewer: object, env: object, num_lines: int, vertices: Records, colors: Records
    ) -> None:
        self.drawn = (viewer, env, num_lines, plain(vertices), plain(colors))


def plain(records: Records) -> NDArray[np.float32]:
    """Return records as numbers (..., 3)."""
    return np.stack([records[axis] for axis in "xyz"], axis=-1)


def test_axes() -> None:
    axes = wf.AxesGeometry(2.0, POSE)
    np.testing.assert_allclose(plain(axes.vertices())[:, 0], [[1, 2, 3]] * 3)
    np.testing.assert_allclose(
        plain(axes.vertices())[:, 1], [[1, 4, 3], [-1, 2, 3], [1, 2, 5]], atol=1e-6
    )
    np.testing.assert_allclose(plain(axes.colors()), np.eye(3))


def test_box_has_its_twelve_edges() -> None:
    box = wf.WireframeBoxGeometry(2.0, 4.0, 6.0, color=(0, 1, 0))
    ends = plain(box.vertices())
    assert ends.shape == (12, 2, 3)
    np.testing.assert_allclose(np.abs(ends), np.broadcast_to([1, 2, 3], ends.shape))
    along = np.abs(ends[:, 1] - ends[:, 0])
    assert sorted(map(tuple, along)) == [(0, 0, 6)] * 4 + [(0, 4, 0)] * 4 + [(2, 0, 0)] * 4
    assert len(np.unique(ends.reshape(12, 6), axis=0)) == 12
    np.testing.assert_allclose(plain(box.colors()), [[0, 1, 0]] * 12)


def test_box_between_corners() -> None:
    box = wf.WireframeBBoxGeometry([[0, 0, 0], [1, 2, 3]])
    np.testing.assert_allclose(
        np.unique(plain(box.vertices()).reshape(-1, 3), axis=0).max(0), [1, 2, 3]
    )
    np.testing.assert_allclose(plain(box.colors())[0], [1, 0, 0])


def test_sphere() -> None:
    sphere = wf.WireframeSphereGeometry(0.5, 6, 4, POSE, (1, 1, 0), (0, 0, 1))
    ends = plain(sphere.vertices())
    assert ends.shape == (2 * 6 * 4, 2, 3)
    np.testing.assert_allclose(np.linalg.norm(ends - [1, 2, 3], axis=-1), 0.5, rtol=1e-5)
    np.testing.assert_allclose(plain(sphere.colors())[:2], [[1, 1, 0], [0, 0, 1]])
    chords = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=-1)
    np.testing.assert_allclose(chords[::2], 2 * 0.5 * np.sin(np.pi / 8), rtol=1e-5)


def test_drawings_reach_the_gym() -> None:
    paper = Paper()
    wf.draw_lines(wf.AxesGeometry(), paper, "viewer", "env", Transform(Vec3(0, 0, 1)))
    viewer, env, count, vertices, _ = paper.drawn
    assert (viewer, env, count) == ("viewer", "env", 3)
    np.testing.assert_allclose(vertices[:, 0], [[0, 0, 1]] * 3)
    wf.draw_line(Vec3(1, 2, 3), Vec3(4, 5, 6), Vec3(0, 1, 0), paper, None, None)
    _, _, count, vertices, colors = paper.drawn
    assert count == 1
    assert vertices.tolist() == [[[1, 2, 3], [4, 5, 6]]]
    assert colors.tolist() == [[0, 1, 0]]


def test_a_drawing_of_ones_own() -> None:
    class Stroke(wf.LineGeometry):
        def vertices(self) -> Records:
            ends = np.empty((1, 2), Vec3.dtype)
            ends[0][0], ends[0][1] = (0, 0, 0), (1, 0, 0)
            return ends

        def colors(self) -> Records:
            return np.zeros(1, Vec3.dtype)

    stroke = Stroke()
    assert stroke.num_lines() == 1
    np.testing.assert_allclose(
        plain(stroke.instance_verts(POSE)), [[[1, 2, 3], [1, 3, 3]]], atol=1e-6
    )
    with pytest.raises(TypeError, match="abstract"):
        wf.LineGeometry()  # type: ignore[abstract]
