"""Judges of an arena's robots, told of each control step."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.sim.scenes.placement import Pose
from canter.sim.tasks.stopping import Judge


class Judged(Protocol):
    """What judges see of N robots, in whichever physics engine; `canter.sim.arena.Arena` is one."""

    @property
    def touched(self) -> NDArray[np.bool_]:
        """Robots that touched an object in the last step, (N,)."""

    @property
    def active(self) -> NDArray[np.bool_]:
        """Robots that are not judged yet, (N,)."""

    def times(self) -> NDArray[np.float64]:
        """Return the time since each robot's start, s, (N,)."""

    def poses(self) -> list[Pose]:
        """Return each base's x, y (m) and yaw (rad), world frame."""

    def speeds(self) -> NDArray[np.float64]:
        """Return the speed of each base in the plane, m/s, (N,)."""

    def fallen(self) -> NDArray[np.bool_]:
        """Tell which robots have fallen, (N,)."""


def judge_step(arena: Judged, judges: Sequence[Judge]) -> None:
    """Tell the judge of every active robot of the control step just made.

    Args:
        arena: N robots.
        judges: one for each of them.
    """
    times, poses, speeds, fallen = arena.times(), arena.poses(), arena.speeds(), arena.fallen()
    for i in map(int, np.flatnonzero(arena.active)):
        judges[i].update(
            float(times[i]),
            poses[i],
            float(speeds[i]),
            touched=bool(arena.touched[i]),
            fallen=bool(fallen[i]),
        )
