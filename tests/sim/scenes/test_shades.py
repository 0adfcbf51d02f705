"""Shades of different colours, and held-out shades, never meet."""

import itertools

from canter.control.vocab import COLOURS
from canter.sim.scenes.shades import HELD_OUT_SHADES, TRAINING_SHADES, Shade


def test_shades_of_different_colours_and_held_out_shades_never_meet() -> None:
    def apart(one: Shade, other: Shade) -> bool:
        ranges = [(one.saturation, other.saturation), (one.value, other.value)]
        if one.saturation[1] > 0.31 and other.saturation[1] > 0.31:
            ranges.append((one.hue, other.hue))
        return any(a[1] < b[0] or b[1] < a[0] for a, b in ranges)

    for first, second in itertools.combinations(COLOURS, 2):
        for one, other in itertools.product((TRAINING_SHADES, HELD_OUT_SHADES), repeat=2):
            assert apart(one[first], other[second]), (first, second)
    for colour in COLOURS:
        assert apart(TRAINING_SHADES[colour], HELD_OUT_SHADES[colour]), colour
