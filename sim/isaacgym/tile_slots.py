"""Which terrain tile is in which height field of a scene; the tile unused longest gives way."""

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.scene_bodies import SHOWN
from canter.sim.isaacgym.scene_model import HIDDEN, SceneModel
from canter.sim.isaacgym.terrain_tiles import TerrainTiles
from canter.sim.isaacgym.views import Lens

COARSE = 0
"""Geom of the coarse terrain; it shows what is beyond reach."""
FIRST_TILE = 1
"""Height field of the first slot; the one before it is the coarse terrain."""


class TileSlots:
    """The slots of a scene with a terrain.

    Args:
        scene: whose geoms show the tiles.
        tiles: of the scene.
    """

    def __init__(self, scene: SceneModel, tiles: TerrainTiles) -> None:
        self._scene, self._tiles = scene, tiles
        self._slot_of: dict[int, int] = {}  # in the order of last use

    def show(self, lens: Lens, pose: Pose, point: NDArray[np.float64], reach: float) -> list[int]:
        """Show the tiles within reach of a point that a camera may see, and no other.

        Args:
            lens: of the camera.
            pose: of the camera.
            point: m, (3,).
            reach: m.

        Returns:
            Height fields whose samples changed and that are to be uploaded.
        """
        model = self._scene.model
        tiles, centres, radii = self._tiles.near(point, reach)
        wanted = tiles[lens.sees(pose, centres, radii)][: len(self._scene.slots)].tolist()
        held = {tile: self._slot_of.pop(tile) for tile in wanted if tile in self._slot_of}
        taken = {*held.values(), *self._slot_of.values()}
        free = [slot for slot in range(len(self._scene.slots)) if slot not in taken]
        changed = []
        for tile in wanted:
            if tile not in held:
                held[tile] = free.pop() if free else self._slot_of.pop(next(iter(self._slot_of)))
                self._fill(held[tile], tile)
                changed.append(FIRST_TILE + held[tile])
        self._slot_of |= held
        model.geom_group[COARSE] = SHOWN if lens.far > reach else HIDDEN
        model.geom_group[list(self._scene.slots)] = HIDDEN
        model.geom_group[[self._scene.slots[slot] for slot in held.values()]] = SHOWN
        return changed

    def _fill(self, slot: int, tile: int) -> None:
        model = self._scene.model
        start = int(model.hfield_adr[FIRST_TILE + slot])
        samples = self._tiles.samples(tile).ravel()
        model.hfield_data[start : start + samples.size] = samples
        model.geom_pos[self._scene.slots[slot]] = self._tiles.centre(tile)
