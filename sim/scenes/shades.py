"""Colour names as ranges of hue, saturation and value, with a part of each kept out of training."""

import colorsys
from dataclasses import dataclass

import numpy as np

from canter.sim.rendering.colour import RGB

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shade:
    """A box in HSV space.

    Attributes:
        hue: degrees; negative values wrap round.
        saturation: [0, 1].
        value: [0, 1].
    """

    hue: Range
    saturation: Range
    value: Range

    def draw(self, rng: np.random.Generator) -> RGB:
        """Return a uniformly drawn member as RGB in [0, 1]."""
        hue = rng.uniform(*self.hue) % 360.0
        return colorsys.hsv_to_rgb(
            hue / 360.0, rng.uniform(*self.saturation), rng.uniform(*self.value)
        )


TRAINING_SHADES: dict[str, Shade] = {
    "red": Shade((-8, 6), (0.85, 1.0), (0.65, 0.95)),
    "orange": Shade((22, 31), (0.88, 1.0), (0.85, 1.0)),
    "yellow": Shade((51, 60), (0.78, 1.0), (0.8, 1.0)),
    "green": Shade((105, 140), (0.65, 1.0), (0.42, 0.75)),
    "blue": Shade((215, 238), (0.75, 1.0), (0.55, 0.95)),
    "purple": Shade((272, 292), (0.6, 0.95), (0.45, 0.8)),
    "white": Shade((0, 360), (0.0, 0.05), (0.92, 1.0)),
    "black": Shade((0, 360), (0.0, 0.3), (0.02, 0.09)),
    "pink": Shade((322, 338), (0.4, 0.6), (0.9, 1.0)),
    "brown": Shade((20, 30), (0.65, 0.8), (0.3, 0.42)),
}
"""What each colour looks like in training."""

HELD_OUT_SHADES: dict[str, Shade] = {
    "red": Shade((-8, 4), (0.8, 1.0), (0.45, 0.6)),
    "orange": Shade((22, 31), (0.68, 0.82), (0.9, 1.0)),
    "yellow": Shade((51, 60), (0.52, 0.7), (0.85, 1.0)),
    "green": Shade((105, 140), (0.65, 1.0), (0.27, 0.37)),
    "blue": Shade((212, 232), (0.5, 0.68), (0.85, 1.0)),
    "purple": Shade((272, 292), (0.42, 0.55), (0.75, 0.92)),
    "white": Shade((0, 360), (0.0, 0.06), (0.82, 0.89)),
    "black": Shade((0, 360), (0.0, 0.2), (0.11, 0.15)),
    "pink": Shade((322, 338), (0.28, 0.37), (0.92, 1.0)),
    "brown": Shade((20, 30), (0.65, 0.8), (0.22, 0.28)),
}
"""Darker, paler or greyer shades that appear in the split ``unseen_object`` alone."""

NAMED_RGB: dict[str, RGB] = {
    name: colorsys.hsv_to_rgb(
        (sum(shade.hue) / 2 % 360.0) / 360.0, sum(shade.saturation) / 2, sum(shade.value) / 2
    )
    for name, shade in TRAINING_SHADES.items()
}
"""The middle of each training range, for scenes written by hand."""
