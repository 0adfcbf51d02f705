"""Judges of an arena's robots, told of each control step."""

from collections.abc import Sequence

import numpy as np

from canter.sim.arena import Arena
from canter.sim.tasks.go_to import Judge


def judge_step(arena: Arena, judges: Sequence[Judge]) -> None:
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
