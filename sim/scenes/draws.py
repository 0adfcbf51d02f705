"""Draws that scenes of several tasks share: colours, some held out, and appearances with walls."""

from dataclasses import replace

import numpy as np

from canter.control.vocab import HELD_OUT_GATE_COLOURS, WIDE_COLOURS
from canter.sim.rendering.appearance import Appearance, sample_appearance
from canter.sim.rendering.materials import draw_wall

USUAL_COLOURS: tuple[str, ...] = tuple(c for c in WIDE_COLOURS if c not in HELD_OUT_GATE_COLOURS)
"""Colours of bars, bins and balls that are asked for in training."""


def draw_colours(
    rng: np.random.Generator, count: int, *, new: bool, named: str | None = None
) -> list[str]:
    """Return different colours, the one that is asked for first.

    Args:
        rng: source of the draw.
        count: how many, at most as many as USUAL_COLOURS.
        new: whether the first is one of HELD_OUT_GATE_COLOURS.
        named: what the first is, whatever is held out; None draws it.
    """
    drawn = [str(colour) for colour in rng.permutation(USUAL_COLOURS)[:count]]
    if new:
        drawn[0] = str(rng.choice(sorted(HELD_OUT_GATE_COLOURS)))
    if named is None:
        return drawn
    if named in drawn:
        drawn.remove(named)
    return [named, *drawn][:count]


def draw_appearance(rng: np.random.Generator) -> Appearance:
    """Return an appearance with a texture on its walls."""
    return replace(sample_appearance(rng), wall_material=draw_wall(rng))
