"""Where a thing is, from boxes in old pictures and the robot's odometry.

Each box says two things of the place where the thing meets the floor: its column, and its row where
the box ends above the picture's lower edge. The place that fits all remembered boxes best is found
by Gauss-Newton steps on the reprojection error, bundle adjustment of a single point. Old boxes
count less, since odometry drifts and things move.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.vla.brain.dead_reckoning import START, Pose, advanced, from_here, from_start
from canter.vla.eyes.detector import Box
from canter.vla.eyes.sightlines import LEAST_DEPTH, Float, Sightlines

MEMORY = 40
"""Boxes that are remembered."""
LEAST_NOISE, MOST_NOISE = 1.5, 4.0
"""Range of the standard deviation that is assumed of a box's edges, px; more would give what is
assumed without any box too much weight."""
DRIFT = 2.0
"""What every second of age adds to it, px/s."""
JUDGED = 12
"""So many of the newest boxes tell how noisy they are."""
CUT_ERROR = 4.0
"""So many times as uncertain is the middle of a box that a side of the picture cuts."""
EDGE = 1.5
"""A box whose edge is nearer to the picture's is cut there, px."""
USUAL_NEARNESS, NEARNESS_SPREAD = 1 / 3, 1.0
"""Inverse distance that is assumed where nothing tells, and its standard deviation, 1/m; rather too
far than too near, for what is near shows well."""
NEAREST, FARTHEST = 0.15, 8.0
"""Distances from the base that a thing may have, m."""
STEPS, STEP, LONGEST_STEP = 6, 1e-4, 0.3
"""Gauss-Newton steps; the difference that slopes are taken over; the longest change of one step, in
rad and 1/m."""
DEVIATIONS_OF_MEDIAN = 1.48
"""Standard deviation over the median of absolute errors, of a Gaussian."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One box.

    Attributes:
        box: within the picture.
        time: of the picture, s.
        pose: of the base at the picture.
        view: its camera then.
    """

    box: Box
    time: float
    pose: Pose
    view: Sightlines

    @property
    def cut_at_side(self) -> bool:
        """Whether a side of the picture cuts the thing."""
        return self.box.left < EDGE or self.box.right > self.view.width - EDGE

    @property
    def cut_below(self) -> bool:
        """Whether the picture's lower edge cuts the thing."""
        return self.box.bottom > self.view.height - EDGE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing's nearest surface is.

    Attributes:
        bearing: from the base's x axis, positive left, rad.
        distance: from the base origin, along the floor, m.
    """

    bearing: float
    distance: float

    @property
    def point(self) -> tuple[float, float]:
        """The same forward and leftward of the base, m."""
        return self.distance * math.cos(self.bearing), self.distance * math.sin(self.bearing)


class Track:
    """Follows one thing while the robot moves.

    Attributes:
        pose: where the robot is, in the frame of the start.
        newest: the newest picture in which the thing was found; None before the first.
    """

    def __init__(self) -> None:
        self.pose: Pose = START
        self.newest: Sighting | None = None
        self._sightings: list[Sighting] = []
        self._noise = LEAST_NOISE
        self._there: tuple[float, float] | None = None

    def move(self, velocity: tuple[float, float], turn_rate: float, seconds: float) -> None:
        """Take in how the robot moved since the last picture, m/s and rad/s."""
        self.pose = advanced(self.pose, velocity, turn_rate, seconds)

    def add(self, sighting: Sighting) -> None:
        """Take in a box, perhaps of an older picture."""
        self._sightings.append(sighting)
        del self._sightings[:-MEMORY]
        self.newest = sighting

    def place(self, time: float) -> Place | None:
        """Return where the thing is at a time, s; None before it was ever found."""
        if self.newest is None:
            return None
        boxes = _Boxes.of(self._sightings, time)
        guess = self._guess(self.newest)
        steps = np.concatenate([np.zeros((1, 2)), STEP * np.eye(2)])
        for _ in range(STEPS):
            errors = _weighed(boxes, *boxes.errors(guess + steps, self.pose), self._noise)
            weighed = np.concatenate([errors, _unusual(guess + steps)], axis=-1)
            slopes = (weighed[1:] - weighed[0]) / STEP
            change = np.linalg.solve(slopes @ slopes.T + 1e-9 * np.eye(2), slopes @ weighed[0])
            guess = guess - np.clip(change, -LONGEST_STEP, LONGEST_STEP)
            guess[1] = np.clip(guess[1], 1 / FARTHEST, 1 / NEAREST)
        across, _ = boxes.errors(guess[None], self.pose)
        typical = float(np.median(np.abs(across[0, -JUDGED:])))
        self._noise = min(max(DEVIATIONS_OF_MEDIAN * typical, LEAST_NOISE), MOST_NOISE)
        found = Place(math.remainder(float(guess[0]), math.tau), 1 / float(guess[1]))
        self._there = from_start(self.pose, found.point)
        return found

    def box(self, place: Place, view: Sightlines) -> Box:
        """Return the newest box as it lies in a picture of now, of a thing that was found.

        Args:
            place: where the thing is.
            view: the camera.
        """
        assert self.newest is not None
        last, old = self.newest, self.newest.box
        then = np.array([*from_here(last.pose, from_start(self.pose, place.point)), 0.0])
        now = np.array([*place.point, 0.0])
        grown = last.view.depth(then) / view.depth(now)
        column, row = view.pixel(now)
        was_column, was_row = last.view.pixel(then)
        across = [column + grown * (edge - was_column) for edge in (old.left, old.right)]
        down = [row + grown * (edge - was_row) for edge in (old.top, old.bottom)]
        return Box(across[0], down[0], across[1], down[1]).within(view.height, view.width)

    def _guess(self, last: Sighting) -> Float:
        """Return bearing, rad, and inverse distance, 1/m, from here: what was found before.

        Where nothing was, the newest box alone tells.
        """
        there = self._there or self._seen_at(last)
        x, y = from_here(self.pose, there)
        return np.array([math.atan2(y, x), 1 / min(max(math.hypot(x, y), NEAREST), FARTHEST)])

    def _seen_at(self, last: Sighting) -> tuple[float, float]:
        """Return the place, frame of the start, m, on which one box stands, or may stand."""
        ray = last.view.ray((last.box.left + last.box.right) / 2, last.box.bottom)
        flat = max(math.hypot(ray[0], ray[1]), 1e-6)
        away = 1 / USUAL_NEARNESS / flat
        if ray[2] < 0.0 and not last.cut_below:
            away = min(-float(last.view.position[2] / ray[2]), FARTHEST / flat)
        x, y = (last.view.position + away * ray)[:2].tolist()
        return from_start(last.pose, (x, y))


@dataclass(frozen=True, slots=True)
class _Boxes:
    """M boxes as arrays.

    Attributes:
        poses: x, y, yaw of the base, (M, 3).
        lenses: places of the lens, level frame, (M, 3).
        axes: of the camera, (M, 3, 3).
        focal: px.
        middle: of the picture, px, (2,).
        spots: column of the box's middle and row of its lower edge, px, (M, 2).
        ages: s, (M,).
        cut: at a side, and below, (2, M).
    """

    poses: Float
    lenses: Float
    axes: Float
    focal: float
    middle: Float
    spots: Float
    ages: Float
    cut: NDArray[np.bool_]

    @classmethod
    def of(cls, sightings: Sequence[Sighting], time: float) -> Self:
        """Return the boxes of sightings at a time, s."""
        view = sightings[0].view
        boxes = [one.box for one in sightings]
        return cls(
            poses=np.array([one.pose for one in sightings]),
            lenses=np.array([one.view.position for one in sightings]),
            axes=np.array([one.view.axes for one in sightings]),
            focal=view.focal,
            middle=np.array([view.width / 2, view.height / 2]),
            spots=np.array([[(box.left + box.right) / 2, box.bottom] for box in boxes]),
            ages=np.array([time - one.time for one in sightings]),
            cut=np.array([[o.cut_at_side for o in sightings], [o.cut_below for o in sightings]]),
        )

    def errors(self, guesses: Float, pose: Pose) -> tuple[Float, Float]:
        """Return how far columns and rows are from those of G guesses, px, (G, M) each.

        Args:
            guesses: bearing, rad, and inverse distance, 1/m, (G, 2).
            pose: from where.
        """
        toward, away = guesses[:, 0] + pose[2], 1 / guesses[:, 1]
        there = np.stack([pose[0] + away * np.cos(toward), pose[1] + away * np.sin(toward)], -1)
        dx, dy = np.moveaxis(there[:, None] - self.poses[:, :2], -1, 0)
        cos, sin = np.cos(self.poses[:, 2]), np.sin(self.poses[:, 2])
        level = np.stack([cos * dx + sin * dy, cos * dy - sin * dx, np.zeros_like(dx)], -1)
        seen = np.einsum("mij,gmj->gmi", self.axes, level - self.lenses)
        depth = np.maximum(seen[..., 2:], LEAST_DEPTH)
        off = self.spots - self.middle - self.focal * seen[..., :2] / depth
        return off[..., 0], np.where(self.cut[1], np.maximum(off[..., 1], 0.0), off[..., 1])


def _weighed(boxes: _Boxes, across: Float, below: Float, noise: float) -> Float:
    """Return errors (G, M) each in standard deviations, (G, 2 M)."""
    sigma = np.hypot(noise, DRIFT * boxes.ages)
    return np.concatenate(
        [across / (sigma * np.where(boxes.cut[0], CUT_ERROR, 1.0)), below / sigma], -1
    )


def _unusual(guesses: Float) -> Float:
    """Return by how many deviations G guesses are off the usual distance, (G, 1)."""
    return (guesses[:, 1:] - USUAL_NEARNESS) / NEARNESS_SPREAD
