"""A viewer without a window: a point of view, key subscriptions, and lines to draw."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.render import Image, Lines
from canter.sim.isaacgym.simulation import Simulation
from canter.sim.isaacgym.studio import studio_of
from canter.sim.isaacgym.views import Lens, look_at

Float = NDArray[np.float64]

MOST_LINES = 200_000
"""Lines kept; the oldest ones go first."""
DRAWN_LINES = 8_000
"""Lines in one picture: those nearest to what the viewer looks at."""


@dataclass(slots=True, eq=False)
class Viewer:
    """What user code takes for a window.

    Attributes:
        sim: the simulation it shows.
        lens: its size and field of view.
        pose: of its camera, world frame.
        target: what it looks at, world frame, m, (3,).
        keys: names of actions by key or button.
        closed: whether it was destroyed.
    """

    sim: Simulation
    lens: Lens
    pose: Pose = field(default_factory=lambda: look_at((-4.0, -4.0, 3.0), (0.0, 0.0, 0.0)))
    target: Float = field(default_factory=lambda: np.zeros(3))
    keys: dict[int, list[str]] = field(default_factory=dict)
    closed: bool = False
    _lines: list[Lines] = field(default_factory=list)

    def subscribe(self, key: int, action: str) -> None:
        """Remember the name of an action; without a window it never happens."""
        self.keys.setdefault(int(key), []).append(action)

    def add_lines(self, lines: Lines) -> None:
        """Add lines, world frame."""
        self._lines.append(lines)
        while sum(len(each.ends) for each in self._lines[1:]) >= MOST_LINES:
            del self._lines[0]

    def clear_lines(self) -> None:
        """Forget all lines."""
        self._lines.clear()

    def lines(self) -> Lines | None:
        """Return the lines nearest to what the viewer looks at."""
        if not self._lines:
            return None
        ends = np.concatenate([each.ends for each in self._lines])
        colours = np.concatenate([each.colours for each in self._lines])
        away = np.linalg.norm(ends.mean(axis=1) - self.target, axis=1)
        nearest = np.argsort(away, kind="stable")[:DRAWN_LINES]
        return Lines(ends[nearest], colours[nearest])

    def picture(self) -> Image:
        """Return what a window would show, uint8 (height, width, 3).

        Raises:
            GymError: `prepare_sim` was not called.
            CanterError: there is no OpenGL.
        """
        engine = self.sim.prepared("a picture of the viewer")
        studio = studio_of(self.sim)
        painter = studio.painter(self.sim, engine, quality="still")
        figures = studio.figures_near(engine, self.target)
        painter.draw(self.lens, self.pose, figures, centre=self.target, lines=self.lines())
        return painter.colours()


def lines_of(count: int, vertices: ArrayLike, colours: ArrayLike, origin: Float) -> Lines:
    """Return the lines that user code describes.

    Args:
        count: how many.
        vertices: both ends of each, m: 6 numbers, or two records of `Vec3.dtype`, a line.
        colours: 3 numbers, or a record, a line; or one colour for all.
        origin: of the frame they are in, world frame, m, (3,).

    Raises:
        GymError: there are fewer numbers than the lines need.
    """
    ends, rgb = numbers(vertices), numbers(colours)
    if ends.size < 6 * count or rgb.size < min(3, 3 * count):
        raise GymError(
            f"add_lines: {count} lines with {ends.size} coordinates and {rgb.size} colour values; "
            "a line has 6 and 3"
        )
    rgb = rgb[: 3 * count] if rgb.size >= 3 * count else np.tile(rgb[:3], count)
    return Lines(ends[: 6 * count].reshape(count, 2, 3) + origin, rgb.reshape(count, 3))


def numbers(values: ArrayLike) -> Float:
    """Return numbers, or records of numbers, flat."""
    array = np.asarray(values)
    if array.dtype.names is not None:
        array = np.stack([array[name] for name in array.dtype.names], axis=-1)
    return array.astype(np.float64).ravel()
