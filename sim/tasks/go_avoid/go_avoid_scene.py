"""Scenes of the task go_avoid: a thing to go to, with obstacles in the straight way to it."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import WIDE_COLOURS
from canter.sim.experts.path_planning import Way, find_way, grid
from canter.sim.planar import Point
from canter.sim.rendering.appearance import muted
from canter.sim.scenes.draws import draw_appearance
from canter.sim.scenes.footprints import Footprint, clearance, footprints
from canter.sim.scenes.layout import settle
from canter.sim.scenes.object_visibility import ObjectVisibility
from canter.sim.scenes.scene import Geom, Scene, SceneObject
from canter.sim.scenes.scene_request import SceneRequest, first_good
from canter.sim.scenes.shades import TRAINING_SHADES
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.scenes.things import Pair, as_object, draw_thing, pairs, pairs_asked

STAND_OFF = (0.46, 0.56)
"""Distances of the places to stop from the target's surface, m."""
STAND_ROOM = 0.42
"""Room at the places to stop, m: the robot turns there."""
BLOCKING = 0.2
"""An obstacle nearer than this to the straight way from start to target is in the way, m."""
START_ROOM = 0.6
TARGET_ROOM = 0.7
"""Least room from the target's surface to any obstacle, m."""
PLACE_TRIES = 30
_STREAM = 0xA501D


@dataclass(frozen=True, slots=True)
class Clutter:
    """What makes a level.

    Attributes:
        obstacles: how many stand on the floor.
        gap: least room between two of them, m.
        room: least distance of the base origin from any obstacle on the way, m.
        distance: range of the target's distance from the start, m.
        heading: largest bearing of the target at the start, rad.
    """

    obstacles: int
    gap: float
    room: float
    distance: tuple[float, float]
    heading: float


CLUTTERS: dict[int, Clutter] = {
    1: Clutter(2, 1.1, 0.4, (2.8, 3.3), 0.3),
    2: Clutter(4, 0.9, 0.38, (3.0, 3.6), 0.8),
    3: Clutter(6, 0.8, 0.35, (3.4, 4.2), math.pi),
}


@dataclass(frozen=True, slots=True)
class GoAvoidGoal:
    """Stop before the target, touching nothing.

    Attributes:
        thing: the target, which is item 0.
        room: that the way leaves to either side of the base origin, m.
    """

    thing: Thing
    room: float


def draw_go_avoid(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    In the split ``unseen_object`` the target is a held-out pair of colour and shape.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    return first_good("go_avoid", request, _STREAM, _draw)


def goal_of(scene: Scene) -> GoAvoidGoal:
    """Return the goal of a scene of this task."""
    assert isinstance(scene.goal, GoAvoidGoal)
    return scene.goal


def way_to_target(scene: Scene) -> Way:
    """Return the way to any place before the target with room to turn."""
    goal = goal_of(scene)
    return find_way(footprints(scene.objects), standing_places(scene), goal.room)


def standing_places(scene: Scene) -> NDArray[np.bool_]:
    """Return the cells of the grid where the robot may stop."""
    target, *others = scene.objects
    distance = clearance(footprints([target]), *grid())
    low, high = STAND_OFF
    roomy = clearance(footprints(others), *grid()) >= STAND_ROOM
    return np.asarray((distance >= low) & (distance <= high) & roomy)


def _solvable(scene: Scene) -> bool:
    """Tell whether the target can be seen from the start and walked up to."""
    x, y, _ = scene.start
    thing = goal_of(scene).thing
    facing = math.atan2(thing.y - y, thing.x - x)
    if 0 not in ObjectVisibility(scene).visible_standing((x, y, facing)):
        return False
    return math.isfinite(way_to_target(scene).remaining((x, y)))


def _draw(rng: np.random.Generator, request: SceneRequest) -> Scene | None:
    """Draw a scene, or return None where the obstacles find no room or leave no way."""
    clutter = CLUTTERS[request.level]
    choices = pairs_asked(request, pairs("pair" if request.new else "none"))
    wanted: Pair = choices[int(rng.integers(len(choices)))]
    thing = replace(draw_thing(rng, wanted), x=float(rng.uniform(*clutter.distance)))
    obstacles = _obstacles(rng, clutter, thing)
    if obstacles is None:
        return None
    heading = float(rng.uniform(-clutter.heading, clutter.heading))
    found = settle(rng, [as_object(thing, "target"), *obstacles], (0.0, 0.0, heading))
    if found is None:
        return None
    objects, start, _ = found
    placed = replace(thing, x=objects[0].x, y=objects[0].y, yaw=objects[0].yaw)
    words = {"colour": thing.colour, "shape": thing.shape}
    goal = GoAvoidGoal(placed, clutter.room)
    scene = request.scene("go_avoid", draw_appearance(rng), (objects, start), words, goal, "pair")
    return scene if _solvable(scene) else None


def _obstacles(
    rng: np.random.Generator, clutter: Clutter, thing: Thing
) -> list[SceneObject] | None:
    """Place the obstacles between the origin and the target, the first in the straight way."""
    placed: list[SceneObject] = []
    outlines: list[Footprint] = []
    for k in range(clutter.obstacles):
        for _ in range(PLACE_TRIES):
            aside = BLOCKING if k == 0 else 1.6
            spot = (
                float(rng.uniform(0.8, thing.x - 0.85)),
                float(rng.uniform(-aside, aside)),
            )
            item = obstacle(rng, spot, thing.colour)
            (own,) = footprints([item])
            if _fits(own, outlines, clutter.gap, thing):
                placed.append(item)
                outlines.append(own)
                break
        else:
            return None
    return placed


def _fits(own: Footprint, others: list[Footprint], gap: float, thing: Thing) -> bool:
    """Tell whether an obstacle leaves room to the others, to the start and before the target."""
    edge = _rim(own)
    if min(math.hypot(x, y) for x, y in edge) < START_ROOM:
        return False
    if min(nearest_surface_distance(thing, x, y) for x, y in edge) < TARGET_ROOM:
        return False
    x, y = np.array(edge).T
    return not others or float(clearance(others, x, y).min()) >= gap


def _rim(outline: Footprint) -> list[Point]:
    """Return places on the edge of an outline, m."""
    cos, sin = math.cos(outline.yaw), math.sin(outline.yaw)
    out_x, out_y = outline.half_x + outline.radius, outline.half_y + outline.radius
    own = [(u * out_x, v * out_y) for u in (-1, 0, 1) for v in (-1, 0, 1) if u or v]
    return [(outline.x + cos * u - sin * v, outline.y + sin * u + cos * v) for u, v in own]


def obstacle(rng: np.random.Generator, spot: Point, not_colour: str) -> SceneObject:
    """Return a block, a drum or a barrier, grey or of another colour than the target's."""
    names = [c for c in WIDE_COLOURS if c != not_colour]
    colour = names[int(rng.integers(len(names)))] if rng.uniform() < 1 / 2 else ""
    rgb = TRAINING_SHADES[colour].draw(rng) if colour else muted(rng, 0.25, 0.8, 0.25)
    kind = str(rng.choice(["block", "drum", "barrier"]))
    low = float(rng.uniform(0.09, 0.16))
    if kind == "drum":
        geom = Geom("cylinder", (float(rng.uniform(0.1, 0.18)), low), (0.0, 0.0, low), rgb)
    elif kind == "block":
        half = float(rng.uniform(0.1, 0.18))
        geom = Geom("box", (half, half, low), (0.0, 0.0, low), rgb)
    else:
        geom = Geom("box", (0.06, float(rng.uniform(0.22, 0.36)), low), (0.0, 0.0, low), rgb)
    yaw = float(rng.uniform(-0.5, 0.5))
    return SceneObject(f"{colour} {kind}".strip(), "obstacle", (geom,), *spot, yaw, colour, kind)
