"""Scenes of the task unload: bins of several colours round a robot with a ball in its tray."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import WIDE_COLOURS
from canter.sim.rendering.colour import RGB
from canter.sim.scenes.ball import Ball
from canter.sim.scenes.draws import draw_appearance, draw_colours
from canter.sim.scenes.layout import settle
from canter.sim.scenes.placement import segment_distance
from canter.sim.scenes.scene import (
    Geom,
    Scene,
    SceneObject,
    to_object_frame,
)
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import TRAINING_SHADES
from canter.sim.scenes.tray import resting_place

BIN_HALF = 0.22
"""Half the outer edge of a bin's square, m."""
RIM = 0.11
"""Height of a bin's rim, m."""
WALL_HALF = 0.006
BALL_RADIUS, BALL_MASS = 0.04, 0.1
BALL_RGB: RGB = (0.95, 0.55, 0.1)
SPACING = 1.4
"""Least distance between the middles of two bins, m."""
WAY_CLEARANCE = 0.75
"""Least distance of the other bins' middles from the straight way to the named one, m."""
TRIES = 400
_STREAM = 0x0B17


@dataclass(frozen=True, slots=True)
class Yard:
    """What makes a level.

    Attributes:
        bins: how many there are.
        distance: range of the way from the start to each bin's middle, m.
        bearing: largest direction of the named bin from the robot's heading, rad.
    """

    bins: int
    distance: tuple[float, float]
    bearing: float


YARDS: dict[int, Yard] = {
    1: Yard(2, (1.5, 1.9), 0.35),
    2: Yard(3, (1.5, 2.3), 0.7),
    3: Yard(4, (1.5, 2.4), math.pi),
}


@dataclass(frozen=True, slots=True)
class UnloadGoal:
    """Tip the ball into one bin.

    Attributes:
        bin: index of the item.
    """

    bin: int


def draw_unload(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    In the split ``unseen_object`` the named bin has one of HELD_OUT_GATE_COLOURS.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    rng = request.rng(_STREAM)
    yard = YARDS[request.level]
    named = request.named("colour", WIDE_COLOURS)
    colours = draw_colours(rng, yard.bins, new=request.new, named=named)
    shades = [TRAINING_SHADES[colour].draw(rng) for colour in colours]
    for _ in range(TRIES):
        places = _places(rng, yard)
        if places is None:
            continue
        bins = [
            bin_object(colour, rgb, place, float(rng.uniform(-math.pi, math.pi)))
            for colour, rgb, place in zip(colours, shades, places, strict=True)
        ]
        found = settle(rng, bins, (0.0, 0.0, 0.0))
        if found is not None:
            break
    else:
        raise request.no_layout("unload", TRIES)
    objects, start, _ = found
    order = rng.permutation(yard.bins)
    return Scene(
        task="unload",
        level=request.level,
        seed=request.seed,
        split=request.split,
        novelty="colour" if request.new else "none",
        objects=tuple(objects[i] for i in order),
        start=start,
        appearance=draw_appearance(rng),
        words=(("colour", colours[0]),),
        goal=UnloadGoal(int(np.flatnonzero(order == 0)[0])),
        ball=Ball(BALL_RADIUS, BALL_MASS, BALL_RGB, start_b=resting_place(BALL_RADIUS)),
        tray=True,
    )


def _places(rng: np.random.Generator, yard: Yard) -> list[tuple[float, float]] | None:
    """Draw the bins' middles round a start at the origin, the named one first, or None."""
    places: list[tuple[float, float]] = []
    for i in range(yard.bins):
        spread = yard.bearing if i == 0 else max(yard.bearing, 1.2)
        angle, way = rng.uniform(-spread, spread), rng.uniform(*yard.distance)
        places.append((float(way * math.cos(angle)), float(way * math.sin(angle))))
    apart = all(math.dist(a, b) >= SPACING for i, a in enumerate(places) for b in places[:i])
    clear = all(
        segment_distance((0.0, 0.0), places[0], other) >= WAY_CLEARANCE for other in places[1:]
    )
    return places if apart and clear else None


def bin_object(colour: str, rgb: RGB, place: tuple[float, float], yaw: float) -> SceneObject:
    """Return an open square bin on the floor."""
    out, thin = BIN_HALF - WALL_HALF, WALL_HALF
    along, across = (thin, BIN_HALF, RIM / 2), (BIN_HALF, thin, RIM / 2)
    geoms = (
        Geom("box", (BIN_HALF, BIN_HALF, thin), (0.0, 0.0, thin), rgb),
        Geom("box", along, (out, 0.0, RIM / 2), rgb),
        Geom("box", along, (-out, 0.0, RIM / 2), rgb),
        Geom("box", across, (0.0, out, RIM / 2), rgb),
        Geom("box", across, (0.0, -out, RIM / 2), rgb),
    )
    return SceneObject(f"{colour} bin", "bin", geoms, *place, yaw, colour, "bin")


def holds(thing: SceneObject, ball_w: NDArray[np.float64]) -> bool:
    """Tell whether a ball, centre in the world frame, m, (3,), is inside a bin, under its rim."""
    x, y, z = (float(v) for v in ball_w)
    along, across = to_object_frame(thing, (x, y))
    return max(abs(along), abs(across)) < BIN_HALF and z < RIM


def distance_to(thing: SceneObject, ball_w: NDArray[np.float64]) -> float:
    """Return the distance from a point, world frame, m, (3,), to the box round a bin, m."""
    x, y, z = (float(v) for v in ball_w)
    along, across = to_object_frame(thing, (x, y))
    beyond = (abs(along) - BIN_HALF, abs(across) - BIN_HALF, z - RIM)
    return math.hypot(*(max(part, 0.0) for part in beyond))
