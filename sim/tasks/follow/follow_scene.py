"""Scenes of the task follow: a ball that is led along a winding path, and things beside it."""

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np

from canter.control.vocab import WIDE_COLOURS
from canter.sim.scenes.ball import Ball, BallPath
from canter.sim.scenes.draws import draw_appearance, draw_colours
from canter.sim.scenes.layout import Place, settle
from canter.sim.scenes.placement import segment_distance
from canter.sim.scenes.scene import (
    Scene,
    SceneObject,
)
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import TRAINING_SHADES
from canter.sim.scenes.things import as_object, draw_thing, pairs

BALL_RADIUS = 0.14
POINT_SPACING = 0.1
"""Time between two points of a path, s."""
PROP_CLEARANCE = 0.9
"""Least distance of the middles of things from the path, m."""
AHEAD = (1.0, 1.3)
"""Distance from the start to the ball's first place, m."""
TRIES = 400
_STREAM = 0xF011


@dataclass(frozen=True, slots=True)
class Walk:
    """What makes a level.

    Attributes:
        speed: of the ball, m/s.
        time: for which it moves before it stops for good, s.
        curvature: largest turn per way, rad/m.
        bearing: largest direction of its first place from the robot's heading, rad.
        rests: how often it stops on its way.
        objects: how many things stand beside the path.
    """

    speed: tuple[float, float]
    time: float
    curvature: float
    bearing: float
    rests: int
    objects: int


WALKS: dict[int, Walk] = {
    1: Walk((0.25, 0.35), 6.0, 0.4, 0.2, 0, 1),
    2: Walk((0.35, 0.45), 6.5, 0.9, 0.45, 0, 2),
    3: Walk((0.45, 0.55), 7.0, 1.4, 0.7, 1, 3),
}
REST_TIME = 1.0
"""How long the ball rests on its way, s."""


@dataclass(frozen=True, slots=True)
class FollowGoal:
    """Stay behind the ball, and stop behind it once it has stopped.

    Attributes:
        stops: when the ball stops for good, s.
    """

    stops: float


def draw_follow(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    In the split ``unseen_object`` the ball has one of HELD_OUT_GATE_COLOURS.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    rng = request.rng(_STREAM)
    walk = WALKS[request.level]
    named = request.named("colour", WIDE_COLOURS)
    colours = draw_colours(rng, walk.objects + 1, new=request.new, named=named)
    for _ in range(TRIES):
        times, points = _path(rng, walk)
        objects = _beside(rng, colours[1:], points)
        askew = float(rng.uniform(-walk.bearing, walk.bearing))
        found = settle(rng, objects, (0.0, 0.0, askew), points) if objects is not None else None
        if found is not None:
            break
    else:
        raise request.no_layout("follow", TRIES)
    placed, start, path = found
    rgb = TRAINING_SHADES[colours[0]].draw(rng)
    return Scene(
        task="follow",
        level=request.level,
        seed=request.seed,
        split=request.split,
        novelty="colour" if request.new else "none",
        objects=placed,
        start=start,
        appearance=draw_appearance(rng),
        words=(("colour", colours[0]),),
        goal=FollowGoal(times[-1]),
        ball=Ball(BALL_RADIUS, 0.5, rgb, path=BallPath(times, path)),
    )


def _path(rng: np.random.Generator, walk: Walk) -> tuple[tuple[float, ...], tuple[Place, ...]]:
    """Draw times, s, and places, m, of a ball that starts ahead of the origin and moves away."""
    count = round(walk.time / POINT_SPACING)
    speed = np.full(count, rng.uniform(*walk.speed))
    for _ in range(walk.rests):
        first = int(rng.integers(count // 3, 2 * count // 3))
        speed[first : first + round(REST_TIME / POINT_SPACING)] = 0.0
    bends = np.repeat(rng.uniform(-walk.curvature, walk.curvature, 3), math.ceil(count / 3))
    heading = np.cumsum(bends[:count] * speed * POINT_SPACING)
    steps = np.stack([np.cos(heading), np.sin(heading)]) * speed * POINT_SPACING
    places = np.concatenate([np.zeros((2, 1)), np.cumsum(steps, axis=1)], axis=1)
    places[0] += rng.uniform(*AHEAD)
    times = tuple(float(t) for t in POINT_SPACING * np.arange(count + 1))
    return times, tuple((float(x), float(y)) for x, y in places.T)


def _beside(
    rng: np.random.Generator, colours: list[str], points: tuple[Place, ...]
) -> list[SceneObject] | None:
    """Draw things of these colours apart from the path of robot and ball, or None."""
    way = [(0.0, 0.0), *points]
    objects: list[SceneObject] = []
    for colour in colours:
        x, y = float(rng.uniform(0.0, 4.0)), float(rng.uniform(-2.0, 2.0))
        room = min(segment_distance(a, b, (x, y)) for a, b in itertools.pairwise(way))
        if room < PROP_CLEARANCE:
            return None
        fits = [pair for pair in pairs("none") if pair[0] == colour]
        thing = draw_thing(rng, fits[int(rng.integers(len(fits)))])
        objects.append(as_object(replace(thing, x=x, y=y), "distractor"))
    return objects
