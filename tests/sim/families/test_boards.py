import math

import numpy as np
import pytest
from PIL import Image

from canter.control.vocab import GLYPHS, HELD_OUT_GLYPHS
from canter.sim.rendering.materials import glyph_picture
from canter.sim.scene_env import FamilyArena
from canter.sim.scenes.scene import Scene, to_world
from canter.sim.tasks.distinguish import DISTINGUISH, DistinguishSuccess, stands_before_board
from canter.sim.tasks.distinguish.distinguish_scene import board_of, sample_distinguish
from canter.sim.world_state import WorldState


def still(time: float, pose: tuple[float, float, float]) -> WorldState:
    place, quat = np.array([pose[0], pose[1], 0.29]), np.array([1.0, 0.0, 0.0, 0.0])
    return WorldState(time, pose, place, quat, 0.0, False, frozenset(), False)


def before(scene: Scene, board: int, distance: float) -> tuple[float, float, float]:
    item = scene.objects[board]
    return (*to_world(item, (distance, 0.0)), item.yaw + math.pi)


def test_glyphs_differ_and_fill_their_boards() -> None:
    pictures = {glyph: glyph_picture(glyph) for glyph in GLYPHS}
    assert len({picture.tobytes() for picture in pictures.values()}) == len(GLYPHS)
    for glyph, picture in pictures.items():
        rows, columns = np.nonzero(picture[..., 0] < 128)
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert max(height, width) >= 0.78 * len(picture), glyph
        assert (
            abs(rows.min() + rows.max() - 63) <= 3 and abs(columns.min() + columns.max() - 63) <= 3
        )


def test_the_camera_reads_the_glyph_upright_and_not_mirrored() -> None:
    """The board in the picture is nearer to its own glyph than to its mirror image or any other."""
    scene = next(
        s for s in (sample_distinguish(k, 1) for k in range(99)) if dict(s.words)["glyph"] == "F"
    )
    with FamilyArena([scene]) as arena:
        x, y, yaw = before(scene, board_of(scene), 1.15)
        arena._sim.qpos[0, :7] = [x, y, 0.29, math.cos(yaw / 2), 0, 0, math.sin(yaw / 2)]
        view = arena.render(0).astype(float).mean(axis=-1)
    board = Image.fromarray(glyph_picture("F")[..., 0])

    def likeness(picture: Image.Image) -> float:
        best = -1.0
        for size in range(24, 44, 2):
            small = np.asarray(picture.resize((size, size)), float)
            small = small - small.mean()
            for top in range(0, 96 - size, 2):
                for left in range(20, 76 - size, 2):
                    cut = view[top : top + size, left : left + size]
                    cut = cut - cut.mean()
                    norm = np.linalg.norm(cut) * np.linalg.norm(small)
                    best = max(best, float((cut * small).sum() / norm) if norm > 0 else -1.0)
        return best

    own = likeness(board)
    assert own > 0.75
    assert own > likeness(board.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) + 0.1
    assert own > likeness(board.transpose(Image.Transpose.FLIP_TOP_BOTTOM)) + 0.1
    assert own > likeness(Image.fromarray(glyph_picture("8")[..., 0])) + 0.05


def test_held_out_glyphs_are_named_in_their_split_alone() -> None:
    for seed in range(20):
        assert dict(sample_distinguish(seed, 3).words)["glyph"] not in HELD_OUT_GLYPHS
        new = sample_distinguish(seed, 3, "unseen_object")
        assert dict(new.words)["glyph"] in HELD_OUT_GLYPHS
        assert len({item.kind for item in new.objects}) == len(new.objects)


@pytest.mark.parametrize(
    ("distance", "right"), [(0.3, False), (0.4, True), (0.9, True), (0.95, False), (-0.6, False)]
)
def test_where_a_robot_stands_before_a_board(distance: float, right: bool) -> None:
    scene = sample_distinguish(3, 2)
    board = scene.objects[board_of(scene)]
    x, y = to_world(board, (distance, 0.0))
    facing = math.atan2(board.y - y, board.x - x)
    assert stands_before_board(board, (x, y, facing)) is right
    assert not stands_before_board(board, (x, y, facing + 0.6))


def test_the_judge_takes_a_second_before_the_right_board_and_only_that() -> None:
    scene = sample_distinguish(3, 2)
    wrong = (board_of(scene) + 1) % len(scene.objects)
    right_judge, wrong_judge = DistinguishSuccess(scene), DistinguishSuccess(scene)
    for k in range(1, 60):
        right_judge.update(still(0.02 * k, before(scene, board_of(scene), 0.6)))
        wrong_judge.update(still(0.02 * k, before(scene, wrong, 0.6)))
        assert right_judge.verdict().strict is (0.02 * k >= 1.04 - 1e-9)
    assert right_judge.done
    assert wrong_judge.verdict().reason == "wrong_object"
    assert DISTINGUISH.time_limit == 25.0
