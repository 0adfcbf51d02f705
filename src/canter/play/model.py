"""The model as the page draws it."""

import copy
from typing import Final

import mujoco
import numpy as np
from numpy.typing import NDArray

SLAB: Final = 0.005
"""Half the thickness of a floor that is drawn, m."""
ENDLESS: Final = 20.0
"""Half edge of a floor without end, m."""
RGB_ROLE: Final = int(mujoco.mjtTextureRole.mjTEXROLE_RGB)


def drawable(model: mujoco.MjModel) -> mujoco.MjModel:
    """Return a copy with slabs for planes and plain colours for textures.

    The page would draw planes as grids without colour, and textured solids in the colour of their
    material alone, which is white. The copy is also for the page to change: it sets sizes of
    arrows and frames there.
    """
    drawn: mujoco.MjModel = copy.copy(model)
    for geom in range(drawn.ngeom):
        if drawn.geom_type[geom] == mujoco.mjtGeom.mjGEOM_PLANE:
            drawn.geom_type[geom] = mujoco.mjtGeom.mjGEOM_BOX
            edges = drawn.geom_size[geom, :2]
            drawn.geom_size[geom] = [*(edge if edge > 0 else ENDLESS for edge in edges), SLAB]
            drawn.geom_pos[geom, 2] -= SLAB
        material = int(drawn.geom_matid[geom])
        if material >= 0:
            drawn.geom_rgba[geom, :3] *= mean_colour(drawn, material)
            drawn.geom_matid[geom] = -1
    return drawn


def mean_colour(model: mujoco.MjModel, material: int) -> NDArray[np.float64]:
    """Return the mean of a material's texture, RGB, [0, 1]; white where it has none."""
    texture = int(model.mat_texid[material, RGB_ROLE])
    if texture < 0:
        return np.ones(3)
    channels, start = int(model.tex_nchannel[texture]), int(model.tex_adr[texture])
    size = int(model.tex_height[texture]) * int(model.tex_width[texture]) * channels
    pixels = model.tex_data[start : start + size].reshape(-1, channels)
    return np.asarray(pixels[:, :3].mean(axis=0) / 255)
