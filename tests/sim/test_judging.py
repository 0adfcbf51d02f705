"""Judges hear of the robots that are active, and of these alone."""

import numpy as np

from canter.control.impedance import hold_command
from canter.control.robot import GO2
from canter.sim.arena import Arena
from canter.sim.judging import judge_step
from canter.sim.tasks.go_to.go_to_scene import sample_scene
from canter.sim.tasks.stopping import GoTo


def test_only_active_robots_are_judged() -> None:
    scenes = [sample_scene(1), sample_scene(2)]
    judges = [GoTo(scene).judge() for scene in scenes]
    with Arena(scenes, threads=1) as arena:
        arena.active[:] = [True, False]
        stance = np.tile(GO2.default_q, (2, 1))
        stiff, damped = np.full((2, 12), 60.0), np.full((2, 12), 1.5)
        for _ in range(3):
            arena.step(hold_command(stance, stiff, damped, 0.0))
            judge_step(arena, judges)
    told, untold = (judge.verdict() for judge in judges)
    assert np.isclose(told.time, 0.06)
    assert told.distance > 0
    assert untold.time == 0
