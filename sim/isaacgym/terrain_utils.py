"""The functions of ``isaacgym.terrain_utils``: height fields of sub-terrains, and their mesh.

Each generator writes into a :class:`SubTerrain`'s height field and returns the sub-terrain. Lengths
and heights are given in m and truncated to whole samples and units, as in Isaac Gym: 0.31 m are
three samples of 0.1 m. Randomness comes from numpy's global generator, which training code seeds.
Names and meaning follow the BSD-3-Clause OmniIsaacGymEnvs, ``utils/terrain_utils``.
"""

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.sub_terrain import (
    SubTerrain,
    draw,
    flatten_centre,
    slope_units,
    step_samples,
    to_samples,
    to_units,
    whole_units,
)
from canter.sim.isaacgym.terrain_mesh import convert_heightfield_to_trimesh

__all__ = [
    "SubTerrain",
    "convert_heightfield_to_trimesh",
    "discrete_obstacles_terrain",
    "np",
    "pyramid_sloped_terrain",
    "pyramid_stairs_terrain",
    "random_uniform_terrain",
    "sloped_terrain",
    "stairs_terrain",
    "stepping_stones_terrain",
    "wave_terrain",
]


def _between(coarse: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return ``count`` rows spread evenly over those of ``coarse``, linear between them."""
    position = np.linspace(0, len(coarse) - 1, count)
    below = np.clip(position.astype(int), 0, max(len(coarse) - 2, 0))
    above = np.minimum(below + 1, len(coarse) - 1)
    weight = (position - below)[:, None]
    return np.asarray(coarse[below] * (1 - weight) + coarse[above] * weight)


def random_uniform_terrain(
    terrain: SubTerrain,
    min_height: float,
    max_height: float,
    step: float = 1,
    downsampled_scale: float | None = None,
) -> SubTerrain:
    """Add uniform noise between ``min_height`` and ``max_height``, m, in steps of ``step``, m.

    Heights are drawn every ``downsampled_scale``, m (every sample by default), and bilinear in
    between.

    Raises:
        GymError: the step is less than one unit, or the distance of draws exceeds the terrain.
    """
    spacing = downsampled_scale or terrain.horizontal_scale
    low, high = to_units(terrain, min_height), to_units(terrain, max_height)
    step_units = to_units(terrain, step)
    if step_units < 1:
        raise GymError(f"step {step} m is less than one unit of {terrain.vertical_scale} m")
    rows = int(terrain.width * terrain.horizontal_scale / spacing)
    columns = int(terrain.length * terrain.horizontal_scale / spacing)
    if min(rows, columns) < 1:
        raise GymError(f"downsampled_scale {spacing} m is more than the terrain's side")
    choices = np.arange(low, high + step_units, step_units)
    drawn = np.random.choice(choices, (rows, columns)).astype(np.float64)
    fine = _between(_between(drawn, terrain.width).T, terrain.length).T
    terrain.height_field_raw += np.rint(fine).astype(np.int16)
    return terrain


def sloped_terrain(terrain: SubTerrain, slope: float = 1) -> SubTerrain:
    """Add a plane that rises along x by ``slope`` (m per m; negative falls)."""
    top = slope_units(terrain, slope, terrain.width)
    rise = top * np.arange(terrain.width) / terrain.width
    terrain.height_field_raw += rise.astype(np.int16)[:, None]
    return terrain


def _tent(count: int) -> NDArray[np.float64]:
    """Return a tent over ``count`` samples: 0 at the first, 1 in the middle."""
    centre = count // 2
    return (centre - np.abs(centre - np.arange(count))) / centre


def pyramid_sloped_terrain(
    terrain: SubTerrain, slope: float = 1, platform_size: float = 1.0
) -> SubTerrain:
    """Add a hill (a pit at negative ``slope``), cut flat where the central platform begins.

    Args:
        terrain: written into.
        slope: of the lines through the centre, m per m.
        platform_size: side of the platform, m.
    """
    top = slope_units(terrain, slope, terrain.width / 2)
    hill = top * _tent(terrain.width)[:, None] * _tent(terrain.length)
    terrain.height_field_raw += hill.astype(np.int16)
    half = to_samples(terrain, platform_size / 2)
    edge = int(terrain.height_field_raw[terrain.width // 2 - half, terrain.length // 2 - half])
    np.clip(terrain.height_field_raw, min(edge, 0), max(edge, 0), out=terrain.height_field_raw)
    return terrain


def discrete_obstacles_terrain(
    terrain: SubTerrain,
    max_height: float,
    min_size: float,
    max_size: float,
    num_rects: int,
    platform_size: float = 1.0,
) -> SubTerrain:
    """Set random rectangles, overlapping at will, to plus or minus the full or half height.

    Sizes and places are multiples of four samples above their least value, as in Isaac Gym.

    Args:
        terrain: written into.
        max_height: m.
        min_size: least side of a rectangle, m.
        max_size: side that no rectangle reaches, m.
        num_rects: how many.
        platform_size: side of the central square that stays at 0, m.

    Raises:
        GymError: the range of sizes is empty or a rectangle does not fit.
    """
    height = to_units(terrain, max_height)
    sizes = range(to_samples(terrain, min_size), to_samples(terrain, max_size), 4)
    heights = [-height, -height // 2, height // 2, height]
    for _ in range(num_rects):
        width, length = draw("obstacle size", sizes), draw("obstacle size", sizes)
        x = draw("obstacle place", range(0, terrain.width - width, 4))
        y = draw("obstacle place", range(0, terrain.length - length, 4))
        terrain.height_field_raw[x : x + width, y : y + length] = np.random.choice(heights)
    flatten_centre(terrain, platform_size)
    return terrain


def wave_terrain(terrain: SubTerrain, num_waves: float = 1, amplitude: float = 1.0) -> SubTerrain:
    """Add a cosine along y and a sine along x, each of height ``amplitude`` (m, trough to crest).

    ``num_waves`` of them fit along y; the wavelength along x is the same. None if not positive.
    """
    if num_waves > 0:
        half = to_units(terrain, 0.5 * amplitude)
        radian = terrain.length / (2 * np.pi * num_waves)
        x, y = np.arange(terrain.width)[:, None], np.arange(terrain.length)
        wave = half * np.cos(y / radian) + half * np.sin(x / radian)
        terrain.height_field_raw += wave.astype(np.int16)
    return terrain


def stairs_terrain(terrain: SubTerrain, step_width: float, step_height: float) -> SubTerrain:
    """Add stairs along x of whole steps, ``step_width`` deep and ``step_height`` high, m.

    What is left after the last whole step stays as it is.

    Raises:
        GymError: a step is less than one sample deep.
    """
    depth = step_samples(terrain, step_width)
    steps = terrain.width // depth
    rise = to_units(terrain, step_height)
    whole_units(terrain, rise * steps)
    heights = rise * (1 + np.arange(steps))
    terrain.height_field_raw[: steps * depth] += heights.repeat(depth).astype(np.int16)[:, None]
    return terrain


def pyramid_stairs_terrain(
    terrain: SubTerrain, step_width: float, step_height: float, platform_size: float = 1.0
) -> SubTerrain:
    """Set stairs that rise (fall at negative ``step_height``) from all sides to a platform.

    Args:
        terrain: written into.
        step_width: depth of a step, m.
        step_height: m.
        platform_size: no further step is made once the top is this wide or less, m.

    Raises:
        GymError: a step is less than one sample deep.
    """
    depth, rise = step_samples(terrain, step_width), to_units(terrain, step_height)
    platform = to_samples(terrain, platform_size)
    margin, height = 0, 0
    while min(terrain.width, terrain.length) - 2 * margin > platform:
        margin += depth
        height = whole_units(terrain, height + rise)
        terrain.height_field_raw[
            margin : terrain.width - margin, margin : terrain.length - margin
        ] = height
    return terrain


def _lay_stones(field: NDArray[np.int16], size: int, gap: int, heights: range) -> None:
    """Write rows of stones along the first axis, each row shifted at random, into ``field``."""
    for row in range(0, field.shape[1], size + gap):
        strip = field[:, row : row + size]
        start = int(np.random.randint(0, size))
        strip[: max(0, start - gap)] = draw("stone height", heights)
        for place in range(start, len(strip), size + gap):
            strip[place : place + size] = draw("stone height", heights)


def stepping_stones_terrain(
    terrain: SubTerrain,
    stone_size: float,
    stone_distance: float,
    max_height: float,
    platform_size: float = 1.0,
    depth: float = -10,
) -> SubTerrain:
    """Set square stones of random height with holes between; rows follow the shorter side.

    Args:
        terrain: written into.
        stone_size: side of a stone, m.
        stone_distance: width of the holes, m.
        max_height: stones lie from one unit below minus this to one unit below this, m.
        platform_size: side of the central square at height 0, m.
        depth: height of the holes' ground, m.

    Raises:
        GymError: a stone is smaller than one sample, or ``max_height`` is negative.
    """
    size, gap = to_samples(terrain, stone_size), to_samples(terrain, stone_distance)
    if size < 1:
        raise GymError(f"stones of {stone_size} m; give {terrain.horizontal_scale} m or more")
    top = to_units(terrain, max_height)
    field = terrain.height_field_raw
    field[:] = to_units(terrain, depth)
    along = field if terrain.length >= terrain.width else field.T
    _lay_stones(along, size, gap, range(-top - 1, top))
    flatten_centre(terrain, platform_size)
    return terrain
