"""How a scene looks: light, floor, backdrop and the small errors of a camera's mounting."""

import colorsys
import math
from dataclasses import dataclass

import numpy as np

from canter.sim.rendering.colour import RGB

FLOOR_MATERIALS: tuple[str, ...] = ("flat", "checker", "tiles", "grain", "planks", "speckle")
BACKDROPS = 4
"""Walls far behind the floor's four edges, which make a skyline."""

SHIFT_B = (0.015, 0.01, 0.02)
"""By how much a camera may be shifted along each axis of the base frame, to both sides, m."""
TURN = 0.04
"""By how much it may be pitched, and its field of view be wider or narrower, rad."""


@dataclass(frozen=True, slots=True)
class CameraJitter:
    """Error of the camera's mounting against the robot description.

    Attributes:
        position_b: offset in the base frame, m.
        pitch: additional downward pitch, rad.
        fovy: additional vertical field of view, rad.
    """

    position_b: tuple[float, float, float] = (0.0, 0.0, 0.0)
    pitch: float = 0.0
    fovy: float = 0.0


@dataclass(frozen=True, slots=True)
class Appearance:
    """Everything visual that is not an object.

    Attributes:
        light_direction: unit vector in which the light travels, world frame.
        ambient: level of the undirected light, [0, 1].
        headlight: level of the light from the viewer, [0, 1].
        diffuse: level of the directed light, [0, 1].
        floor_material: index into FLOOR_MATERIALS.
        floor_rgb: tint of the floor, [0, 1].
        ground_rgb: colour of the ground beyond the floor, [0, 1].
        backdrop_rgb: colour of the walls far behind each edge of the floor, [0, 1].
        backdrop_height: heights of these walls, m.
        camera: mounting error of the camera.
        wall_material: index into canter.sim.rendering.materials.WALLS; go_to's own scenes have
            plain backdrops.
    """

    light_direction: tuple[float, float, float] = (0.3, 0.2, -0.933)
    ambient: float = 0.4
    headlight: float = 0.15
    diffuse: float = 0.5
    floor_material: int = 0
    floor_rgb: RGB = (0.52, 0.5, 0.46)  # MuJoCo takes (0.5, 0.5, 0.5) for "no colour given"
    ground_rgb: RGB = (0.4, 0.42, 0.38)
    backdrop_rgb: tuple[RGB, ...] = ((0.6, 0.65, 0.7),) * BACKDROPS
    backdrop_height: tuple[float, ...] = (1.5,) * BACKDROPS
    camera: CameraJitter = CameraJitter()
    wall_material: int = 0


def muted(rng: np.random.Generator, low: float, high: float, saturation: float) -> RGB:
    """Return a colour of any hue with at most this saturation and a value in [low, high]."""
    return colorsys.hsv_to_rgb(rng.uniform(), rng.uniform(0.0, saturation), rng.uniform(low, high))


def sample_appearance(rng: np.random.Generator) -> Appearance:
    """Draw an appearance: light from any side, muted floor and skyline, a shifted camera."""
    azimuth, elevation = rng.uniform(-math.pi, math.pi), rng.uniform(0.6, 1.4)
    direction = (
        math.cos(elevation) * math.cos(azimuth),
        math.cos(elevation) * math.sin(azimuth),
        -math.sin(elevation),
    )
    return Appearance(
        light_direction=direction,
        ambient=rng.uniform(0.3, 0.5),
        headlight=rng.uniform(0.08, 0.25),
        diffuse=rng.uniform(0.35, 0.6),
        floor_material=int(rng.integers(len(FLOOR_MATERIALS))),
        floor_rgb=muted(rng, 0.3, 0.75, 0.25),
        ground_rgb=muted(rng, 0.25, 0.7, 0.3),
        backdrop_rgb=tuple(muted(rng, 0.3, 0.95, 0.3) for _ in range(BACKDROPS)),
        backdrop_height=tuple(float(h) for h in rng.uniform(0.2, 5.0, BACKDROPS)),
        camera=CameraJitter(
            position_b=(rng.uniform(-SHIFT_B[0], SHIFT_B[0]), rng.uniform(-SHIFT_B[1], SHIFT_B[1]),
                        rng.uniform(-SHIFT_B[2], SHIFT_B[2])),
            pitch=rng.uniform(-TURN, TURN),
            fovy=rng.uniform(-TURN, TURN),
        ),
    )  # fmt: skip
