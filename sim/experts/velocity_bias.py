"""Learns on the way by how much a gait misses what it is told, and tells it so much more."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.types import GAIT_LAYOUT
from canter.sim.experts.walking import GaitOverrides
from canter.sim.planar import Pose, wrap
from canter.sim.world_state import WorldState

RATE = 0.8
"""Speed at which the correction grows, per error, 1/s."""
LIMITS = np.array([0.2, 0.2, 0.35])
"""Largest correction of vx, vy, m/s, and wz, rad/s."""
DEAD_TIME = 0.4
"""After a fresh start nothing is learnt for this long, for a robot takes time to speed up, s."""

Vector = NDArray[np.float64]


def velocity_between(before: Pose, after: Pose, seconds: float) -> Vector:
    """Return the mean vx, vy (m/s, base frame) and wz (rad/s) from one pose to another, (3,)."""
    dx, dy, turn = after[0] - before[0], after[1] - before[1], wrap(after[2] - before[2])
    middle = before[2] + turn / 2
    cos, sin = math.cos(middle), math.sin(middle)
    return np.array([cos * dx + sin * dy, cos * dy - sin * dx, turn]) / seconds


class Trim:
    """Integral action on the velocity of the base; a robot that is to stand is left alone.

    Where the command in force is known, it is what the robot is measured by: another may drive, or
    a hand may shake, and neither is a miss of the gait.
    """

    def __init__(self) -> None:
        self._more: Vector = np.zeros(3)
        self._wished: Vector = np.zeros(3)
        self._since = self._time = 0.0
        self._pose: Pose | None = None

    def restart(self) -> None:
        """Forget the correction: something else begins."""
        self._more = np.zeros(3)
        self._since = self._time

    def observe(self, world: WorldState) -> None:
        """Compare what the robot did since the last time with what it was to do."""
        passed = world.time - self._time
        learns = world.time - self._since > DEAD_TIME and self._wished.any()
        if self._pose is not None and passed > 0.0 and learns:
            asked = self._wished if world.command is None else _told(world.command) - self._more
            missed = asked - velocity_between(self._pose, world.pose, passed)
            self._more = np.clip(self._more + RATE * passed * missed, -LIMITS, LIMITS)
        self._pose, self._time = world.pose, world.time

    def wanted(self, wanted: GaitOverrides) -> None:
        """Note what the robot is told from now on, before the correction."""
        self._wished = np.array([wanted.vx, wanted.vy, wanted.wz])

    def applied(self, wanted: GaitOverrides) -> GaitOverrides:
        """Return a wanted with the correction, unless it is to stand."""
        if not (wanted.vx or wanted.vy or wanted.wz):
            return wanted
        vx, vy, wz = (float(v) for v in self._more)
        return replace(wanted, vx=wanted.vx + vx, vy=wanted.vy + vy, wz=wanted.wz + wz)


def _told(command: NDArray[np.float32]) -> Vector:
    """Return vx, vy (m/s) and wz (rad/s) of a GaitCommand's fields, (3,)."""
    return np.array([command[GAIT_LAYOUT[name]].item() for name in ("vx", "vy", "wz")])
