"""A terrain too large to draw, in square tiles of which a view needs few."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.hfield import LEAST_RANGE
from canter.sim.isaacgym.terrain import HeightField

Float = NDArray[np.float64]
Samples = NDArray[np.float32]

TILE_CELLS = 32
"""About how many cells a tile has along each side."""
CHECKER_M = 1.0
"""About how long a period of the terrain's checker is, m; a tile holds a whole number of them."""
COARSE_SAMPLES = 96
"""Most samples of the coarse terrain along each side."""


@dataclass(frozen=True, slots=True)
class Axis:
    """How one axis of a grid of samples is cut.

    Attributes:
        scale: spacing of samples, m.
        origin: where the first sample lies, m.
        cells: of a tile.
        repeats: checker periods in a tile.
        starts: first sample of each tile; the last tile may overlap the one before.
    """

    scale: float
    origin: float
    cells: int
    repeats: int
    starts: tuple[int, ...]

    @classmethod
    def cut(cls, samples: int, scale: float, origin: float) -> "Axis":
        """Return the cuts of an axis of so many samples."""
        period = max(1, round(CHECKER_M / scale))
        repeats = max(1, round(TILE_CELLS / period))
        cells = min(period * repeats, samples - 1)
        last = samples - 1 - cells
        return cls(scale, origin, cells, repeats, (*range(0, last, cells), last))

    @property
    def half(self) -> float:
        """Half the length of a tile, m."""
        return self.cells * self.scale / 2

    def centres(self) -> Float:
        """Return the middles of the tiles, m."""
        return self.origin + np.array(self.starts) * self.scale + self.half


class TerrainTiles:
    """The tiles of a height field.

    Args:
        field: at least 2 x 2 samples.

    Attributes:
        axes: cuts along x and along y.
        height: range of all samples, m, positive.
        base: height that sample value 0 stands for, m.
    """

    def __init__(self, field: HeightField) -> None:
        self._heights = field.heights
        x, y = (
            Axis.cut(field.heights.shape[k], float(field.scale[k]), float(field.origin[k]))
            for k in (0, 1)
        )
        self.axes = (x, y)
        low = float(field.heights.min())
        self.height = max(float(field.heights.max()) - low, LEAST_RANGE)
        self.base = low + float(field.origin[2])
        self._low = low
        centres = np.meshgrid(x.centres(), y.centres(), indexing="ij")
        flat = np.stack(centres, axis=-1).reshape(-1, 2)
        self._centres = np.column_stack([flat, np.full(len(flat), self.base)])
        self._spheres = self._bounds()

    @property
    def count(self) -> int:
        """Number of tiles."""
        return len(self._centres)

    def centre(self, tile: int) -> Float:
        """Return the middle of a tile, at sample value 0, m, (3,)."""
        centre: Float = self._centres[tile]
        return centre

    def near(self, point: Float, reach: float) -> tuple[NDArray[np.intp], Float, Float]:
        """Return the tiles near a point, the nearest first.

        Args:
            point: m; its x and y count.
            reach: to any part of a tile, m.

        Returns:
            Tiles, (n,); centres, m, (n, 3), and radii, m, (n,), of spheres about them.
        """
        away = np.hypot(*(self._centres[:, :2] - point[:2]).T)
        order = np.argsort(away, kind="stable")
        half_diagonal = np.hypot(self.axes[0].half, self.axes[1].half)
        tiles = order[away[order] <= reach + half_diagonal]
        centres, radii = self._spheres
        return tiles, centres[tiles], radii[tiles]

    def samples(self, tile: int) -> Samples:
        """Return a tile's samples, 0 to 1, rows along y as MuJoCo has them."""
        return self._normalise(self._cut(tile))

    def _cut(self, tile: int) -> Samples:
        row, column = divmod(tile, len(self.axes[1].starts))
        start = self.axes[0].starts[row], self.axes[1].starts[column]
        x, y = (slice(at, at + axis.cells + 1) for at, axis in zip(start, self.axes, strict=True))
        return self._heights[x, y]

    def _bounds(self) -> tuple[Float, Float]:
        """Return centres, m, (tiles, 3), and radii, m, (tiles,), of spheres about the tiles."""
        cuts = [self._cut(tile) for tile in range(self.count)]
        low, high = (np.array([extreme(cut) for cut in cuts]) for extreme in (np.min, np.max))
        centres = self._centres.copy()
        centres[:, 2] += (low + high) / 2 - self._low
        half = np.hypot(self.axes[0].half, self.axes[1].half)
        return centres, np.hypot(half, (high - low) / 2)

    def coarse(self) -> Samples:
        """Return all of the terrain in few samples, 0 to 1, rows along y; nowhere above it."""
        lowest = self._heights
        for axis in (0, 1):
            lowest = _lower(lowest, axis)
        return self._normalise(lowest)

    def _normalise(self, heights: Samples) -> Samples:
        return np.ascontiguousarray((heights.T - self._low) / self.height, dtype=np.float32)


def _lower(heights: Samples, axis: int) -> Samples:
    """Return fewer samples along an axis, each the lowest between its two neighbours."""
    count = heights.shape[axis]
    knots = np.unique(np.linspace(0, count - 1, min(count, COARSE_SAMPLES)).round().astype(int))
    between = np.minimum.reduceat(heights, knots, axis=axis)
    before = np.roll(between, 1, axis=axis)
    first = np.take(between, [0], axis=axis)
    rest = np.minimum(between, before)
    kept = np.take(rest, np.arange(1, len(knots)), axis=axis)
    lowered: Samples = np.concatenate([first, kept], axis=axis)
    return lowered
