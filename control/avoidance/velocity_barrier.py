"""The velocity nearest to the wanted one that keeps a robot off what stands around it.

A control barrier function for a body in the plane (Ames et al., "Control barrier functions: theory
and applications", ECC 2019): the gap h between footprint and point may shrink no faster than
``rate * (h - margin)``, which is linear in the velocity. Points are those where the robot will see
them when the command takes hold. The projection onto all half-planes is Hildreth's (1957).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.avoidance.footprint import Footprint
from canter.control.types import Array

TOUCHING = 1e-6
"""A gap below this is none, m: the way out is then away from the base's origin."""
SECTORS = 48
"""Directions of which each one's nearest point counts."""
PASSES, ENOUGH = 100, 1e-3
"""Most steps of the projection, and the least that is taken, m/s."""
TURN_WEIGHT = 0.8
"""What 1 rad/s of change counts beside 1 m/s: with less, it turns where it was not asked to."""
SLACK = 0.03
"""By how much a half-plane may be missed after the passes, m/s; beyond that the robot stands."""


@dataclass(frozen=True, slots=True)
class BarrierSettings:
    """How near a robot may come, and how fast.

    Attributes:
        margin: gap that is kept, m.
        rate: of approach beyond the margin, 1/s.
        latency: time from a command until the body moves so, s.
        push: retreat from what is nearer than the margin, m/s, where there is room for it; a robot
            that is told to stand stays.
    """

    margin: float = 0.05
    rate: float = 3.0
    latency: float = 0.3
    push: float = 0.15


class VelocityBarrier:
    """Filters velocities of one robot.

    Args:
        footprint: of the robot.
        settings: how near it may come.
    """

    def __init__(self, footprint: Footprint, settings: BarrierSettings | None = None) -> None:
        self._footprint, self._settings = footprint, settings or BarrierSettings()

    def filter(self, wanted: Array, moving: Array, points: Array) -> Array:
        """Return the velocity to command: vx, vy (m/s) and wz (rad/s), heading frame, (3,).

        Args:
            wanted: what is asked for, likewise.
            moving: how the robot moves now, likewise.
            points: what stands about it, heading frame, m, (M, 2).
        """
        if not len(points) or not wanted.any():
            return wanted
        rows, approach, retreat = self._half_planes(moving, points)
        scale = np.array([1.0, 1.0, TURN_WEIGHT])
        for most in (np.maximum(approach, retreat), np.maximum(approach, 0.0)):
            if (rows @ wanted <= most).all():
                return wanted
            found = _project(wanted * scale, rows / scale, most) / scale
            if (rows @ found <= most + SLACK).all():
                return np.asarray(found)
        return np.zeros(3)

    def _half_planes(self, moving: Array, points: Array) -> tuple[Array, Array, Array]:
        """Return what a velocity must keep: rows a and limits b, a v <= b.

        Returns:
            Rows, (K, 3); limits by the gaps, m/s, (K,), below zero inside the margin; and what
            these are where the robot backs off from the nearest point, (K,).
        """
        settings = self._settings
        later = _seen_from(settings.latency * moving, points)
        nearest = self._footprint.nearest(later)
        apart = later - nearest
        gap = np.sqrt((apart**2).sum(axis=-1))
        chosen = _nearest_by_sector(later, gap)
        later, apart, gap = later[chosen], apart[chosen], gap[chosen]
        away = np.where((gap < TOUCHING)[:, None], later, apart)
        normal = away / np.sqrt((away**2).sum(axis=-1))[:, None]
        x, y = later.T
        turning = normal[:, 1] * x - normal[:, 0] * y
        rows = np.concatenate([normal, turning[:, None]], axis=-1)
        retreat = np.minimum(-settings.push * (normal @ normal[np.argmin(gap)]), 0.0)
        return rows, settings.rate * (gap - settings.margin), retreat


def _seen_from(step: Array, points: Array) -> Array:
    """Return points as a body sees them that has moved by x, y (m) and yaw (rad)."""
    x, y, yaw = step
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.asarray((points - [x, y]) @ np.array([[cos, -sin], [sin, cos]]))


def _nearest_by_sector(points: Array, gap: Array) -> NDArray[np.intp]:
    """Return which points are the nearest of their directions, (K,)."""
    turns = np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) + 0.5
    sector = (turns * SECTORS).astype(np.int64) % SECTORS
    order = np.lexsort((gap, sector))
    first = np.ones(len(order), bool)
    first[1:] = np.diff(sector[order]) > 0
    return order[first]


def _project(wanted: Array, rows: Array, most: Array) -> Array:
    """Return the point nearest to ``wanted`` with ``rows @ point <= most``, (3,).

    Of the half-planes the one that moves the point furthest is taken next.
    """
    length = np.sqrt((rows**2).sum(axis=-1))
    rows, most = rows / length[:, None], most / length
    force, found = np.zeros(len(rows)), wanted.copy()
    for _ in range(PASSES):
        steps = np.maximum(rows @ found - most, -force)
        i = int(np.argmax(np.abs(steps)))
        if abs(steps[i]) < ENOUGH:
            break
        force[i] += steps[i]
        found -= steps[i] * rows[i]
    return found
