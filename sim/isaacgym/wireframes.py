"""Line drawings for a viewer: boxes, spheres and axes, of ``isaacgym.gymutil``.

Vertices and colours are records of ``gymapi.Vec3.dtype``: m in the drawing's own frame, and red,
green and blue in [0, 1].
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.structs import Transform, Vec3

Records = NDArray[np.void]
Float = NDArray[np.floating[Any]]
Colour = Sequence[float]

RED: Colour = (1.0, 0.0, 0.0)


class LineSink(Protocol):
    """What lines are drawn with: the Gym."""

    def add_lines(
        self,
        viewer: Any,  # noqa: ANN401  a handle of the Gym
        env: Any,  # noqa: ANN401  likewise
        num_lines: int,
        vertices: Records,
        colors: Records,
        /,
    ) -> None:
        """Draw lines, given in the frame of ``env``."""


def _records(numbers: ArrayLike) -> Records:
    """Return numbers (..., 3) as records (...)."""
    rows = np.ascontiguousarray(numbers, np.float32)
    return rows.view(Vec3.dtype).reshape(rows.shape[:-1])


def _posed(vertices: Records, pose: Transform | None) -> Records:
    """Return vertices turned and moved by a pose, in their shape."""
    if pose is None:
        return vertices
    return np.asarray(pose.transform_points(vertices.reshape(-1))).reshape(vertices.shape)


class LineGeometry(ABC):
    """Lines of a drawing; training code adds its own by :meth:`vertices` and :meth:`colors`."""

    @abstractmethod
    def vertices(self) -> Records:
        """Return both ends of each line, records (num_lines, 2)."""

    @abstractmethod
    def colors(self) -> Records:
        """Return the colour of each line, records (num_lines,)."""

    def num_lines(self) -> int:
        """Return the number of lines."""
        return len(self.vertices())

    def instance_verts(self, pose: Transform | None = None) -> Records:
        """Return :meth:`vertices` of the drawing placed at ``pose``."""
        return _posed(self.vertices(), pose)


class _Lines(LineGeometry):
    """Lines that never change.

    Args:
        ends: both ends of each line, (n, 2, 3).
        colours: of each line, (n, 3), or of all, (3,).
        pose: by which the ends are turned and moved.
    """

    def __init__(self, ends: ArrayLike, colours: ArrayLike, pose: Transform | None) -> None:
        self._vertices = _posed(_records(ends), pose)
        self._colors = _records(np.broadcast_to(colours, (len(self._vertices), 3)))

    def vertices(self) -> Records:
        """Return both ends of each line, records (num_lines, 2)."""
        return self._vertices

    def colors(self) -> Records:
        """Return the colour of each line, records (num_lines,)."""
        return self._colors


class AxesGeometry(_Lines):
    """The axes of a frame, ``scale`` m long: x red, y green, z blue."""

    def __init__(self, scale: float = 1.0, pose: Transform | None = None) -> None:
        tips = float(scale) * np.eye(3)
        super().__init__(np.stack([np.zeros((3, 3)), tips], axis=1), np.eye(3), pose)


class WireframeBBoxGeometry(_Lines):
    """The edges of the box between two opposite corners, m, (2, 3)."""

    def __init__(
        self, bbox: ArrayLike, pose: Transform | None = None, color: Colour | None = None
    ) -> None:
        corners = np.asarray(bbox, float)
        which = np.indices((2, 2, 2)).reshape(3, 8).T
        edges = [
            (low, high)
            for low in which
            for high in which
            if np.all(low <= high) and np.sum(high - low) == 1
        ]
        ends = corners[np.array(edges), np.arange(3)]
        super().__init__(ends, RED if color is None else color, pose)


class WireframeBoxGeometry(WireframeBBoxGeometry):
    """The edges of a box of the given sides, m, about the origin."""

    def __init__(
        self,
        xdim: float = 1.0,
        ydim: float = 1.0,
        zdim: float = 1.0,
        pose: Transform | None = None,
        color: Colour | None = None,
    ) -> None:
        half = 0.5 * np.array([float(xdim), float(ydim), float(zdim)])
        super().__init__(np.stack([-half, half]), pose, color)


def _on_sphere(azimuth: Float, polar: Float) -> Float:
    """Return points (..., 3) of the unit sphere whose pole is y; the azimuth counts from z to x."""
    x, z = np.sin(polar) * np.sin(azimuth), np.sin(polar) * np.cos(azimuth)
    return np.stack(np.broadcast_arrays(x, np.cos(polar), z), axis=-1)


class WireframeSphereGeometry(_Lines):
    """A sphere of meridians and parallels about the y axis.

    Args:
        radius: m.
        num_lats: meridians.
        num_lons: pieces of a meridian; a parallel is drawn at the end of each.
        pose: of the sphere.
        color: of the meridians.
        color2: of the parallels; the same by default.
    """

    def __init__(
        self,
        radius: float = 1.0,
        num_lats: int = 8,
        num_lons: int = 8,
        pose: Transform | None = None,
        color: Colour | None = None,
        color2: Colour | None = None,
    ) -> None:
        turn, drop = 2 * np.pi / num_lats, np.pi / num_lons
        azimuth, polar = turn * np.arange(num_lats)[:, None], drop * np.arange(num_lons)
        start = _on_sphere(azimuth, polar)
        down = _on_sphere(azimuth, polar + drop)
        beside = _on_sphere(azimuth + turn, polar + drop)
        ends = np.stack([np.stack([start, down], -2), np.stack([down, beside], -2)], axis=2)
        first = RED if color is None else color
        colours = np.tile([first, first if color2 is None else color2], (num_lats * num_lons, 1))
        super().__init__(float(radius) * ends.reshape(-1, 2, 3), colours, pose)


def draw_lines(
    geom: LineGeometry,
    gym: LineSink,
    viewer: Any,  # noqa: ANN401  a handle of the Gym
    env: Any,  # noqa: ANN401  likewise
    pose: Transform | None = None,
) -> None:
    """Draw lines placed at ``pose`` in the frame of ``env``."""
    vertices = geom.instance_verts(pose)
    gym.add_lines(viewer, env, len(vertices), vertices, geom.colors())


def draw_line(
    p1: Vec3,
    p2: Vec3,
    color: Vec3,
    gym: LineSink,
    viewer: Any,  # noqa: ANN401  a handle of the Gym
    env: Any,  # noqa: ANN401  likewise
) -> None:
    """Draw one line from ``p1`` to ``p2``, m, in the frame of ``env``."""
    ends = _records([[[p.x, p.y, p.z] for p in (p1, p2)]])
    gym.add_lines(viewer, env, 1, ends, _records([[color.x, color.y, color.z]]))
