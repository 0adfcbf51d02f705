"""The model as the page draws it."""

import copy
from typing import Final

import mujoco

SLAB: Final = 0.005
"""Half the thickness of a floor that is drawn, m."""
ENDLESS: Final = 20.0
"""Half edge of a floor without end, m."""


def drawable(model: mujoco.MjModel) -> mujoco.MjModel:
    """Return a copy whose planes are slabs: the page would draw a plane as a grid without colour.

    The copy is also for the page to change: it sets sizes of arrows and frames there.
    """
    drawn: mujoco.MjModel = copy.copy(model)
    for geom in range(drawn.ngeom):
        if drawn.geom_type[geom] == mujoco.mjtGeom.mjGEOM_PLANE:
            drawn.geom_type[geom] = mujoco.mjtGeom.mjGEOM_BOX
            edges = drawn.geom_size[geom, :2]
            drawn.geom_size[geom] = [*(edge if edge > 0 else ENDLESS for edge in edges), SLAB]
            drawn.geom_pos[geom, 2] -= SLAB
    return drawn
