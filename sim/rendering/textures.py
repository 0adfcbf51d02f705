"""Floor textures and sky, computed once from a fixed seed and equal in every model."""

import functools

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.rendering.appearance import FLOOR_MATERIALS

PIXELS = 64
REPEATS: dict[str, int] = {
    "flat": 1, "checker": 6, "tiles": 8, "grain": 3, "planks": 4, "speckle": 3,
}  # fmt: skip
TEXTURE_SEED = 7
JOINT = 3
"""Width of the joints between tiles, px."""
SPECKS = 0.06
"""Share of dark specks."""

Image = NDArray[np.uint8]


@functools.cache
def floor_textures() -> dict[str, Image]:
    """Return a grey texture (PIXELS, PIXELS, 3) for every name in FLOOR_MATERIALS.

    Their mean is bright, for the floor's colour multiplies them.
    """
    rng = np.random.default_rng(TEXTURE_SEED)
    row, column = np.mgrid[:PIXELS, :PIXELS]
    half = PIXELS // 2
    coarse = rng.uniform(0.75, 1.0, (PIXELS // 8, PIXELS // 8)).repeat(8, 0).repeat(8, 1)
    plank = rng.uniform(0.78, 1.0, 4)[row // (PIXELS // 4)]
    grey = {
        "flat": np.full((PIXELS, PIXELS), 0.95),
        "checker": np.where((row < half) == (column < half), 1.0, 0.72),
        "tiles": np.where((row < JOINT) | (column < JOINT), 0.6, 0.97),
        "grain": 0.5 * coarse + 0.5 * rng.uniform(0.7, 1.0, (PIXELS, PIXELS)),
        "planks": np.where(row % (PIXELS // 4) == 0, 0.6, plank + rng.normal(0, 0.02, row.shape)),
        "speckle": np.where(rng.uniform(size=(PIXELS, PIXELS)) < SPECKS, 0.55, 0.95),
    }
    byte = {name: np.clip(255 * grey[name], 0, 255).astype(np.uint8) for name in FLOOR_MATERIALS}
    return {name: np.repeat(image[..., None], 3, axis=-1) for name, image in byte.items()}


def add_floor_materials(spec: mujoco.MjSpec) -> None:
    """Add one textured material per name in FLOOR_MATERIALS."""
    for name, image in floor_textures().items():
        texture = spec.add_texture(name=name, type=mujoco.mjtTexture.mjTEXTURE_2D)
        texture.width, texture.height, texture.nchannel = PIXELS, PIXELS, 3
        texture.data = image.tobytes()
        material = spec.add_material(name=name, texrepeat=[REPEATS[name]] * 2)
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
        material.specular, material.shininess, material.reflectance = 0.0, 0.0, 0.0


def add_sky(spec: mujoco.MjSpec) -> None:
    """Add a pale gradient sky."""
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.55, 0.68, 0.85],
        rgb2=[0.85, 0.88, 0.9],
        width=32,
        height=192,
    )
