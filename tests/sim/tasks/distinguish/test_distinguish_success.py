import math

import numpy as np
import pytest

from canter.control.vocab import HELD_OUT_GLYPHS
from canter.sim.scenes.scene import Scene, to_world
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.distinguish import TASK, DistinguishSuccess, stands_before_board
from canter.sim.tasks.distinguish.distinguish_scene import board_of, draw_distinguish
from canter.sim.world_state import WorldState


def still(time: float, pose: tuple[float, float, float]) -> WorldState:
    place, quat = np.array([pose[0], pose[1], 0.29]), np.array([1.0, 0.0, 0.0, 0.0])
    return WorldState(time, pose, place, quat, 0.0, False, frozenset(), False)


def before(scene: Scene, board: int, distance: float) -> tuple[float, float, float]:
    item = scene.objects[board]
    return (*to_world(item, (distance, 0.0)), item.yaw + math.pi)


def test_held_out_glyphs_are_named_in_their_split_alone() -> None:
    for seed in range(20):
        assert dict(draw_distinguish(SceneRequest(seed, 3)).words)["glyph"] not in HELD_OUT_GLYPHS
        new = draw_distinguish(SceneRequest(seed, 3, "unseen_object"))
        assert dict(new.words)["glyph"] in HELD_OUT_GLYPHS
        assert len({item.kind for item in new.objects}) == len(new.objects)


@pytest.mark.parametrize(
    ("distance", "right"), [(0.3, False), (0.4, True), (0.9, True), (0.95, False), (-0.6, False)]
)
def test_where_a_robot_stands_before_a_board(distance: float, right: bool) -> None:
    scene = draw_distinguish(SceneRequest(3, 2))
    board = scene.objects[board_of(scene)]
    x, y = to_world(board, (distance, 0.0))
    facing = math.atan2(board.y - y, board.x - x)
    assert stands_before_board(board, (x, y, facing)) is right
    assert not stands_before_board(board, (x, y, facing + 0.6))


def test_the_checker_takes_a_second_before_the_right_board_and_only_that() -> None:
    scene = draw_distinguish(SceneRequest(3, 2))
    wrong = (board_of(scene) + 1) % len(scene.objects)
    right, astray = DistinguishSuccess(scene), DistinguishSuccess(scene)
    for k in range(1, 60):
        right.update(still(0.02 * k, before(scene, board_of(scene), 0.6)))
        astray.update(still(0.02 * k, before(scene, wrong, 0.6)))
        assert right.result().strict is (0.02 * k >= 1.04 - 1e-9)
    assert right.done
    assert astray.result().reason == "wrong_object"
    assert TASK.time_limit_s == 25.0
