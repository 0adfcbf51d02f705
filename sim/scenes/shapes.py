"""The objects of a scene as geoms: sizes, outline on the floor and planar distances."""

import math
from dataclasses import dataclass

from canter.sim.rendering.colour import RGB

WIDTH_RANGES: dict[str, tuple[float, float]] = {
    "ball": (0.26, 0.44),
    "cube": (0.24, 0.42),
    "cylinder": (0.22, 0.36),
    "cone": (0.28, 0.40),
    "pole": (0.08, 0.12),
    "cross": (0.38, 0.50),
}
"""Widths that a random scene draws for each shape, m."""

WIDTH_LIMITS = (0.05, 0.8)
HEIGHT_LIMITS = (0.05, 1.2)
CONE_WIDTHS: tuple[float, ...] = (0.28, 0.31, 0.34, 0.37, 0.40)
"""Widths in which a cone exists, m: a cone is a mesh, and all scenes share one set of meshes."""
CONE_ASPECT = 1.5
PYRAMID_WIDTHS: tuple[float, ...] = (0.30, 0.36, 0.42)
"""Base widths in which a pyramid exists, m, for the same reason."""
PYRAMID_ASPECT = 1.0
ASPECTS: dict[str, float] = {
    "cone": CONE_ASPECT,
    "cylinder": 1.25,
    "pyramid": PYRAMID_ASPECT,
    "arch": 0.95,
    "table": 0.75,
    "steps": 0.9,
    "mushroom": 1.1,
    "snowman": 1.75,
    "dumbbell": 0.36,
    "chair": 1.5,
    "sofa": 0.65,
    "door": 1.9,
    "dog": 0.85,
}
"""Height of a shape as a fraction of its width; 1 for others."""
POLE_HEIGHT = 0.75
CROSS_BAR = 0.26
"""Thickness of a cross's bars, as a fraction of its width."""
DEPTHS: dict[str, float] = {
    "cube": 1.0,
    "pyramid": 1.0,
    "table": 1.0,
    "steps": 1.0,
    "chair": 1.0,
    "arch": 0.3,
    "dumbbell": 0.36,
    "sofa": 0.5,
    "door": 0.12,
    "dog": 0.34,
}
"""Shapes with a rectangular outline: extent along y, as a fraction of that along x, the width."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A geom that stands on the floor.

    Attributes:
        shape: one of canter.control.vocab.SCENE_SHAPES.
        colour: one of canter.control.vocab.WIDE_COLOURS.
        rgb: the shade of the colour, [0, 1].
        size: (width, height), m; the width is a diameter, an edge or the span of a cross.
        x: centre on the floor, world frame, m.
        y: centre on the floor, world frame, m.
        yaw: turn about the vertical, rad.
    """

    shape: str
    colour: str
    rgb: RGB
    size: tuple[float, float]
    x: float
    y: float
    yaw: float

    @property
    def name(self) -> str:
        """Return what a person would call it, such as ``red ball``."""
        return f"{self.colour} {self.shape}"

    @property
    def radius(self) -> float:
        """Return the radius of the smallest circle on the floor that holds the outline, m."""
        half = self.size[0] / 2
        if self.shape in DEPTHS:
            return half * math.hypot(1.0, DEPTHS[self.shape])
        if self.shape == "cross":
            return half * math.hypot(1.0, CROSS_BAR)
        return half


def natural_size(shape: str, width: float, height: float | None = None) -> tuple[float, float]:
    """Return (width, height), m, of a shape, with the height that goes with the width by default.

    Cylinders and poles alone have a height of their own; the width of a cone or a pyramid is
    rounded to the nearest of CONE_WIDTHS or PYRAMID_WIDTHS.
    """
    widths = {"cone": CONE_WIDTHS, "pyramid": PYRAMID_WIDTHS}.get(shape, (width,))
    nearest = min(widths, key=lambda known: abs(known - width))
    if shape in ("cylinder", "pole") and height is not None:
        return nearest, height
    return nearest, POLE_HEIGHT if shape == "pole" else ASPECTS.get(shape, 1.0) * nearest


def box_distance(x: float, y: float, half_x: float, half_y: float) -> float:
    """Return the distance from a point to an axis-aligned rectangle at the origin, m; 0 inside."""
    return math.hypot(max(abs(x) - half_x, 0.0), max(abs(y) - half_y, 0.0))


def nearest_surface_distance(thing: Thing, x: float, y: float) -> float:
    """Return the planar distance from (x, y), world frame, to the object's outline, m; 0 inside."""
    dx, dy = x - thing.x, y - thing.y
    half = thing.size[0] / 2
    if thing.shape not in (*DEPTHS, "cross"):
        return max(math.hypot(dx, dy) - half, 0.0)
    cos, sin = math.cos(thing.yaw), math.sin(thing.yaw)
    along, across = cos * dx + sin * dy, cos * dy - sin * dx
    if thing.shape in DEPTHS:
        return box_distance(along, across, half, half * DEPTHS[thing.shape])
    bar = half * CROSS_BAR
    return min(box_distance(along, across, half, bar), box_distance(along, across, bar, half))
