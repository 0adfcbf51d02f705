"""Printed glyphs: as pictures, and as the camera sees them."""

import math
from dataclasses import replace

import numpy as np
from PIL import Image

from canter.control.vocab import GLYPHS
from canter.sim.rendering.materials import glyph_picture
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import to_world
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.distinguish.distinguish_scene import board_of, draw_distinguish


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
    drawn = (draw_distinguish(SceneRequest(seed, 1)) for seed in range(99))
    scene = next(s for s in drawn if dict(s.words)["glyph"] == "F")
    named = scene.objects[board_of(scene)]
    start = (*to_world(named, (1.15, 0.0)), named.yaw + math.pi)
    with SceneEnv([replace(scene, start=start)]) as env:
        view = env.render(0).astype(float).mean(axis=-1)
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
