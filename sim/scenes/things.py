"""The geoms of things: every shape of the wide vocabulary, and strange ones, drawn and built."""

import math
from collections.abc import Sequence

import numpy as np

from canter.control.vocab import WIDE_COLOURS, WIDE_HELD_OUT_PAIRS, WIDE_SHAPES
from canter.sim.rendering.colour import RGB
from canter.sim.scenes.scene import Geom, Role, SceneObject
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import HELD_OUT_SHADES, TRAINING_SHADES
from canter.sim.scenes.shapes import (
    CROSS_BAR,
    DEPTHS,
    PYRAMID_WIDTHS,
    WIDTH_RANGES,
    Thing,
    natural_size,
)

Pair = tuple[str, str]
"""Colour and shape."""
Boxes = list[tuple[tuple[float, float, float], tuple[float, float, float]]]
"""Half edges and centre of each, m."""

MORE_WIDTHS: dict[str, tuple[float, float]] = WIDTH_RANGES | {
    "pyramid": (PYRAMID_WIDTHS[0], PYRAMID_WIDTHS[-1]),
    "arch": (0.42, 0.54),
    "table": (0.36, 0.48),
    "steps": (0.34, 0.46),
    "mushroom": (0.30, 0.42),
    "snowman": (0.28, 0.38),
    "dumbbell": (0.42, 0.54),
    "chair": (0.30, 0.40),
    "sofa": (0.90, 1.20),
    "door": (0.70, 0.80),
    "dog": (0.55, 0.70),
}
"""Widths that a random scene draws for each shape, m."""


def pairs(novelty: str) -> list[Pair]:
    """Return the (colour, shape) pairs a target may have: training's, or the held-out ones."""
    return [
        (colour, shape)
        for colour in WIDE_COLOURS
        for shape in WIDE_SHAPES
        if ((colour, shape) in WIDE_HELD_OUT_PAIRS) == (novelty == "pair")
    ]


def pairs_asked(
    request: SceneRequest, known: Sequence[Pair], colour: str = "colour", shape: str = "shape"
) -> list[Pair]:
    """Return the pairs that fit the words; where none is known, held out or not, any that does.

    Args:
        request: whose words name colour and shape, or leave them open.
        known: what is drawn from without words.
        colour: name of the word for the colour.
        shape: name of the word for the shape.

    Raises:
        SceneError: nothing has this colour or this shape.
    """
    request.named(colour, WIDE_COLOURS)
    request.named(shape, WIDE_SHAPES)
    anything = [(c, s) for c in WIDE_COLOURS for s in WIDE_SHAPES]
    found: list[Pair] = []
    for choices in (known, anything):
        found = [p for p in choices if request.fits(colour, p[0]) and request.fits(shape, p[1])]
        if found:
            break
    return found


def draw_thing(rng: np.random.Generator, pair: Pair, *, new_shade: bool = False) -> Thing:
    """Draw size, yaw and shade of a thing at the origin."""
    colour, shape = pair
    width = float(rng.uniform(*MORE_WIDTHS[shape]))
    tall: dict[str, float] = {}
    if shape in WIDTH_RANGES:
        tall = {"cylinder": width * rng.uniform(1.0, 1.5), "pole": rng.uniform(0.6, 0.9)}
    size = natural_size(shape, width, tall.get(shape))
    shades = HELD_OUT_SHADES if new_shade else TRAINING_SHADES
    yaw = float(rng.uniform(-math.pi, math.pi))
    return Thing(shape, colour, shades[colour].draw(rng), size, 0.0, 0.0, yaw)


def as_object(thing: Thing, role: Role) -> SceneObject:
    """Return a thing as a item."""
    return SceneObject(
        name=thing.name,
        role=role,
        geoms=thing_solids(thing),
        x=thing.x,
        y=thing.y,
        yaw=thing.yaw,
        colour=thing.colour,
        kind=thing.shape,
    )


def thing_solids(thing: Thing) -> tuple[Geom, ...]:
    """Return what a thing is made of, standing on z = 0."""
    width, height = thing.size
    half, rgb = width / 2, thing.rgb
    boxes = _boxes(thing.shape, width, height)
    if boxes:
        return tuple(Geom("box", size, pos, rgb) for size, pos in boxes)
    if thing.shape in ("cone", "pyramid"):
        return (Geom("cone" if thing.shape == "cone" else "pyramid", (width,), (0, 0, 0), rgb),)
    if thing.shape == "ball":
        return (Geom("sphere", (half,), (0, 0, half), rgb),)
    if thing.shape in ("mushroom", "snowman", "dumbbell"):
        return _rounded(thing.shape, half, height, rgb)
    return (Geom("cylinder", (half, height / 2), (0, 0, height / 2), rgb),)


def _boxes(shape: str, width: float, height: float) -> Boxes:
    """Return the boxes of a shape that has no other geoms; none for other shapes."""
    half = width / 2
    bar = half * CROSS_BAR
    seat, back = 0.45 * height, 0.15 * half
    boxes: dict[str, Boxes] = {
        "cube": [((half, half, half), (0, 0, half))],
        "cross": [
            (span, (0, 0, half)) for span in ((half, bar, bar), (bar, half, bar), (bar, bar, half))
        ],
        "chair": [
            ((half - back, half, seat / 2), (back, 0, seat / 2)),
            ((back, half, height / 2), (back - half, 0, height / 2)),
        ],
        "arch": _arch(half, height / 2),
        "table": _table(half, height / 2),
        "steps": _steps(half, height / 2),
        "sofa": _sofa(half, height / 2),
        "door": _door(half, height / 2),
        "dog": _dog(half, height / 2),
    }
    return boxes.get(shape, [])


def _arch(half: float, low: float) -> Boxes:
    """Return two posts and a beam; half the width and half the height, m."""
    deep, post, beam = half * DEPTHS["arch"], 0.22 * half, 0.22 * low
    side = (post, deep, low - beam)
    posts: Boxes = [(side, (sign * (half - post), 0, low - beam)) for sign in (-1, 1)]
    return [*posts, ((half, deep, beam), (0, 0, 2 * low - beam))]


def _table(half: float, low: float) -> Boxes:
    """Return four legs and a top; half the width and half the height, m."""
    leg, top, at = 0.14 * half, 0.16 * low, 0.84 * half
    size = (leg, leg, low - top)
    legs: Boxes = [(size, (x * at, y * at, low - top)) for x in (-1, 1) for y in (-1, 1)]
    return [*legs, ((half, half, top), (0, 0, 2 * low - top))]


def _steps(half: float, low: float) -> Boxes:
    """Return three blocks that rise along x; half the width and half the height, m."""
    third = half / 3
    return [((third, half, low * k / 3), ((2 * k - 4) * third, 0, low * k / 3)) for k in (1, 2, 3)]


def _sofa(half: float, low: float) -> Boxes:
    """Return a seat, a back and two arms; half the width and half the height, m."""
    deep, arm = half * DEPTHS["sofa"], 0.14 * half
    back = 0.22 * deep
    arms: Boxes = [((arm, deep, 0.62 * low), (x * (half - arm), 0, 0.62 * low)) for x in (-1, 1)]
    seat = ((half - 2 * arm, deep, 0.42 * low), (0, 0, 0.42 * low))
    return [*arms, seat, ((half - 2 * arm, back, low), (0, deep - back, low))]


def _door(half: float, low: float) -> Boxes:
    """Return a leaf, its two posts and a lintel; half the width and half the height, m."""
    deep, post = half * DEPTHS["door"], 0.09 * half
    posts: Boxes = [((post, deep, low), (x * (half - post), 0, low)) for x in (-1, 1)]
    leaf = ((half - 2 * post, deep, low - 2 * post), (0, 0, low - 2 * post))
    return [*posts, leaf, ((half - 2 * post, deep, post), (0, 0, 2 * low - post))]


def _dog(half: float, low: float) -> Boxes:
    """Return a trunk, a head, two pairs of legs and a tail; half the length and the height, m."""
    deep, leg = half * DEPTHS["dog"], 0.1 * half
    legs: Boxes = [((leg, 0.9 * deep, 0.5 * low), (x * 0.55 * half, 0, 0.5 * low)) for x in (-1, 1)]
    trunk = ((0.68 * half, deep, 0.32 * low), (-0.05 * half, 0, 1.25 * low))
    head = ((0.24 * half, 0.7 * deep, 0.26 * low), (0.76 * half, 0, 1.74 * low))
    return [
        *legs,
        trunk,
        head,
        ((0.14 * half, 0.2 * deep, 0.12 * low), (-0.86 * half, 0, 1.5 * low)),
    ]


def _rounded(shape: str, half: float, height: float, rgb: RGB) -> tuple[Geom, ...]:
    """Return the geoms of a shape made of round ones."""
    if shape == "mushroom":
        stem = 0.3 * height
        return (
            Geom("cylinder", (0.4 * half, stem), (0, 0, stem), rgb),
            Geom("ellipsoid", (half, half, 0.25 * height), (0, 0, 0.75 * height), rgb),
        )
    if shape == "snowman":
        middle, top = 0.72 * half, 0.5 * half
        return (
            Geom("sphere", (half,), (0, 0, half), rgb),
            Geom("sphere", (middle,), (0, 0, 1.55 * half + middle * 0.5), rgb),
            Geom("sphere", (top,), (0, 0, height - top), rgb),
        )
    end = half * DEPTHS["dumbbell"]
    lying = (math.sqrt(0.5), 0.0, math.sqrt(0.5), 0.0)
    return (
        Geom("sphere", (end,), (half - end, 0, end), rgb),
        Geom("sphere", (end,), (end - half, 0, end), rgb),
        Geom("cylinder", (0.35 * end, half - end), (0, 0, end), rgb, lying),
    )
