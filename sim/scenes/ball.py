"""Balls that roll by physics or are led along a path."""

from dataclasses import dataclass

import numpy as np

from canter.sim.rendering.colour import RGB

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class BallPath:
    """A way along the floor, straight from point to point.

    Attributes:
        times: rising, the first 0, s, (k,).
        points: where the ball's centre is then, world frame, m, (k, 2).
    """

    times: tuple[float, ...]
    points: tuple[tuple[float, float], ...]

    def at(self, time: float) -> tuple[float, float]:
        """Return the place at a time, m; the last point for good after the end."""
        x, y = (np.interp(time, self.times, axis) for axis in zip(*self.points, strict=True))
        return float(x), float(y)

    def velocity(self, time: float, step: float = 1e-3) -> tuple[float, float]:
        """Return the velocity just after a time, m/s."""
        (x0, y0), (x1, y1) = self.at(time), self.at(time + step)
        return (x1 - x0) / step, (y1 - y0) / step


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball: simulated, with a free joint, or led along a path whatever it meets.

    Attributes:
        radius: m.
        mass: kg.
        rgb: [0, 1].
        start_b: where a simulated ball begins, in the robot's base frame at the start, m.
        path: along which the ball is led on the floor; None for a simulated one.
    """

    radius: float
    mass: float
    rgb: RGB
    start_b: Vector = (0.0, 0.0, 0.0)
    path: BallPath | None = None
