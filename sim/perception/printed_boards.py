"""Boards with other signs than the task's, so that a sign is told by its looks and not by rote."""

import functools
from dataclasses import replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import GLYPHS, HELD_OUT_GLYPHS
from canter.sim.rendering.materials import add_material, glyph_material, glyph_picture
from canter.sim.scenes.scene import SceneObject

REPRINTED_SHARE = 0.6
"""Share of boards that show another sign."""
CODE_PIXELS = 12
"""Edge of the small picture that tells a sign to the model, px."""
_TURNED, _MIRRORED = tuple("CFGKLPTY2357"), tuple("CFGKLP2357")
"""Glyphs that look like no other when turned to the left, or when mirrored."""
_PLAIN = tuple("abdefghkmnqrty0IOQW#$%&@?+=<>*")

Picture = NDArray[np.uint8]


@functools.cache
def _extra_pictures() -> dict[str, Picture]:
    """Return signs that no task has, by name; none is a held-out glyph."""
    pictures = {f"plain_{char}": glyph_picture(char) for char in _PLAIN}
    left = {f"left_{char}": np.rot90(glyph_picture(char)) for char in _TURNED}
    mirrored = {f"mirrored_{char}": glyph_picture(char)[:, ::-1] for char in _MIRRORED}
    turned = {name: np.ascontiguousarray(seen) for name, seen in (left | mirrored).items()}
    return pictures | turned


EXTRA_GLYPHS: tuple[str, ...] = (
    *(f"plain_{char}" for char in _PLAIN),
    *(f"left_{char}" for char in _TURNED),
    *(f"mirrored_{char}" for char in _MIRRORED),
)


def add_extra_glyphs(spec: mujoco.MjSpec) -> None:
    """Add one printed material per extra sign."""
    for name, picture in _extra_pictures().items():
        add_material(spec, glyph_material(name), picture, 1)


def reprinted(item: SceneObject, rng: np.random.Generator) -> SceneObject:
    """Return a board with another sign on it now and then; any other object as it is.

    A held-out glyph is always replaced: it is neither asked for nor learnt from.
    """
    if item.role != "board":
        return item
    if rng.uniform() >= REPRINTED_SHARE and item.kind not in HELD_OUT_GLYPHS:
        return item
    sign = str(rng.choice(EXTRA_GLYPHS))
    old, new = glyph_material(item.kind), glyph_material(sign)
    geoms = tuple(replace(g, material=new) if g.material == old else g for g in item.geoms)
    return replace(item, kind=sign, geoms=geoms)


@functools.cache
def sign_code(name: str) -> NDArray[np.float32]:
    """Return the small picture of a glyph or sign, ink 1 and board 0, (CODE_PIXELS**2,)."""
    picture = glyph_picture(name) if name in GLYPHS else _extra_pictures()[name]
    ink = 1.0 - picture[..., 0].astype(np.float32) / 255.0
    rows = np.array_split(np.arange(len(ink)), CODE_PIXELS)
    small = [[ink[np.ix_(r, c)].mean() for c in rows] for r in rows]
    return np.array(small, np.float32).ravel()


def glyph_table() -> NDArray[np.float32]:
    """Return the codes of all glyphs in the order of GLYPHS, (glyphs, CODE_PIXELS**2)."""
    return np.stack([sign_code(glyph) for glyph in GLYPHS])
