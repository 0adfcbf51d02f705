"""The ball to follow, and who does not follow it."""

import numpy as np

from canter.sim.experts.walking import GaitOverrides
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from tests.sim.tasks.obedient_robot import Walker


def test_the_ball_to_follow_moves_at_its_level_s_speed() -> None:
    for level, low, high in ((1, 0.25, 0.35), (2, 0.35, 0.45), (3, 0.45, 0.55)):
        ball = task("follow").sample(SceneRequest(11, level)).ball
        assert ball is not None and ball.path is not None
        points, times = np.array(ball.path.points), np.array(ball.path.times)
        speeds = np.hypot(*np.diff(points, axis=0).T) / np.diff(times)
        moving = speeds[speeds > 1e-9]
        assert low - 1e-6 <= moving.min() and moving.max() <= high + 1e-6
        assert (len(moving) < len(speeds)) == (level == 3)


def test_standing_still_is_not_following() -> None:
    scene = task("follow").sample(SceneRequest(0, 3))
    walker, checker = Walker(scene), task("follow").success(scene)
    while not checker.done:
        checker.update(walker.step(GaitOverrides()))
    assert checker.result().reason in ("left_behind", "timeout") and not checker.result().strict
