"""A rectangle of terrain in whole samples and units, and what its generators share."""

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError


class SubTerrain:
    """A rectangle of terrain.

    Args:
        terrain_name: any name.
        width: samples along x.
        length: samples along y.
        vertical_scale: height of one unit, m.
        horizontal_scale: distance of neighbouring samples, m.

    Attributes:
        height_field_raw: heights in units, int16, (width, length).
    """

    def __init__(
        self,
        terrain_name: str = "terrain",
        width: int = 256,
        length: int = 256,
        vertical_scale: float = 1.0,
        horizontal_scale: float = 1.0,
    ) -> None:
        self.terrain_name = terrain_name
        self.vertical_scale = vertical_scale
        self.horizontal_scale = horizontal_scale
        self.width = width
        self.length = length
        self.height_field_raw: NDArray[np.int16] = np.zeros((width, length), dtype=np.int16)


def to_samples(terrain: SubTerrain, length: float) -> int:
    """Return a horizontal length, m, in whole samples."""
    return int(length / terrain.horizontal_scale)


def whole_units(terrain: SubTerrain, units: float) -> int:
    """Return a height in whole units.

    Raises:
        GymError: an int16 cannot hold it.
    """
    limits = np.iinfo(np.int16)
    if not limits.min <= int(units) <= limits.max:
        raise GymError(
            f"terrain {terrain.terrain_name!r}: a height of {int(units)} units of "
            f"{terrain.vertical_scale} m is beyond int16; raise vertical_scale"
        )
    return int(units)


def to_units(terrain: SubTerrain, height: float) -> int:
    """Return a height, m, in whole units."""
    return whole_units(terrain, height / terrain.vertical_scale)


def slope_units(terrain: SubTerrain, slope: float, samples: float) -> int:
    """Return what a slope, m per m, rises over ``samples``, in whole units."""
    return whole_units(
        terrain, slope * (terrain.horizontal_scale / terrain.vertical_scale) * samples
    )


def flatten_centre(terrain: SubTerrain, platform_size: float) -> None:
    """Set a square of side ``platform_size``, m, in the centre to height 0."""
    side = to_samples(terrain, platform_size)
    x, y = (terrain.width - side) // 2, (terrain.length - side) // 2
    x_end, y_end = (terrain.width + side) // 2, (terrain.length + side) // 2
    terrain.height_field_raw[x:x_end, y:y_end] = 0


def draw(what: str, choices: range) -> int:
    """Return a number drawn from ``choices``.

    Raises:
        GymError: there is none to choose.
    """
    if not choices:
        raise GymError(
            f"no {what} is at least {choices.start} and below {choices.stop}; widen the range, "
            "or keep sizes below the side of the terrain"
        )
    return int(np.random.choice(choices))


def step_samples(terrain: SubTerrain, step_width: float) -> int:
    """Return the depth of a step in samples.

    Raises:
        GymError: it is less than one.
    """
    samples = to_samples(terrain, step_width)
    if samples < 1:
        raise GymError(f"steps {step_width} m deep; give {terrain.horizontal_scale} m or more")
    return samples
