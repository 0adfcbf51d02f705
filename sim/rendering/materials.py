"""Textured walls and printed boards, drawn once and equal in every model of every task."""

import functools

import mujoco
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from canter.control.vocab import GLYPHS

WALLS: tuple[str, ...] = ("plain_wall", "brick_wall", "panel_wall", "block_wall", "stripe_wall")
WALL_PIXELS = 64
WALL_REPEATS = 4
WALL_SEED = 11
GLYPH_PIXELS = 64
GLYPH_SHARE = 0.82
"""Share of a board's height that the taller side of its glyph fills."""

Picture = NDArray[np.uint8]


def glyph_material(glyph: str) -> str:
    """Return the name of the material that has this glyph printed on it."""
    return f"glyph_{glyph}"


@functools.cache
def glyph_picture(glyph: str) -> Picture:
    """Return a glyph in black on white, centred, (GLYPH_PIXELS, GLYPH_PIXELS, 3)."""
    font = ImageFont.load_default(size=4 * GLYPH_PIXELS)
    sheet = Image.new("L", (8 * GLYPH_PIXELS, 8 * GLYPH_PIXELS), 255)
    ImageDraw.Draw(sheet).text(
        (GLYPH_PIXELS, GLYPH_PIXELS), glyph, fill=0, font=font, stroke_width=6
    )
    ink = sheet.point(lambda level: 255 - level).getbbox()
    if ink is None:
        raise ValueError(f"the font draws nothing for '{glyph}'")
    cut = sheet.crop(ink)
    scale = GLYPH_SHARE * GLYPH_PIXELS / max(cut.size)
    size = (round(cut.width * scale), round(cut.height * scale))
    board = Image.new("L", (GLYPH_PIXELS, GLYPH_PIXELS), 255)
    corner = ((GLYPH_PIXELS - size[0]) // 2, (GLYPH_PIXELS - size[1]) // 2)
    board.paste(cut.resize(size, Image.Resampling.LANCZOS), corner)
    return np.repeat(np.asarray(board, np.uint8)[..., None], 3, axis=-1)


@functools.cache
def wall_pictures() -> dict[str, Picture]:
    """Return a bright grey texture (WALL_PIXELS, WALL_PIXELS, 3) for every name in WALLS."""
    rng = np.random.default_rng(WALL_SEED)
    row, column = np.mgrid[:WALL_PIXELS, :WALL_PIXELS]
    brick = np.where((row % 16 < 2) | ((column + 16 * (row // 16 % 2)) % 32 < 2), 0.95, 0.72)
    block = rng.uniform(0.65, 1.0, (4, 4)).repeat(16, 0).repeat(16, 1)
    grey = {
        "plain_wall": np.full((WALL_PIXELS, WALL_PIXELS), 0.95),
        "brick_wall": brick + rng.normal(0, 0.03, row.shape),
        "panel_wall": np.where(column % 32 < 2, 0.55, 0.93),
        "block_wall": block,
        "stripe_wall": np.where(row % 32 < 10, 0.75, 0.97),
    }
    byte = {name: np.clip(255 * grey[name], 0, 255).astype(np.uint8) for name in WALLS}
    return {name: np.repeat(image[..., None], 3, axis=-1) for name, image in byte.items()}


def add_walls(spec: mujoco.MjSpec) -> None:
    """Add one textured material per name in WALLS."""
    for name, picture in wall_pictures().items():
        add_material(spec, name, picture, WALL_REPEATS)


def add_glyphs(spec: mujoco.MjSpec) -> None:
    """Add one printed material per glyph."""
    for glyph in GLYPHS:
        add_material(spec, glyph_material(glyph), glyph_picture(glyph), 1)


def add_material(spec: mujoco.MjSpec, name: str, picture: Picture, repeats: int) -> None:
    """Add a material without gloss whose texture is the picture."""
    texture = spec.add_texture(name=name, type=mujoco.mjtTexture.mjTEXTURE_2D)
    texture.height, texture.width, texture.nchannel = picture.shape
    texture.data = picture.tobytes()
    material = spec.add_material(name=name, texrepeat=[repeats] * 2)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
    material.specular, material.shininess, material.reflectance = 0.0, 0.0, 0.0


def draw_wall(rng: np.random.Generator) -> int:
    """Return the index of a wall's material."""
    return int(rng.integers(len(WALLS)))
