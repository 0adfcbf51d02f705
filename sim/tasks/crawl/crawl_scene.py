"""Scenes of the task crawl: one or two bars low over the floor, and something behind each."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from canter.control.errors import SceneError
from canter.control.vocab import HELD_OUT_GATE_COLOURS, WIDE_COLOURS, WIDE_SHAPES, Target
from canter.sim.planar import Pose
from canter.sim.rendering.colour import RGB
from canter.sim.scenes.draws import draw_appearance, draw_colours
from canter.sim.scenes.layout import settle
from canter.sim.scenes.placed_things import things_in
from canter.sim.scenes.scene import (
    Geom,
    Scene,
    SceneObject,
    to_object_frame,
)
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import TRAINING_SHADES
from canter.sim.scenes.shapes import Thing
from canter.sim.scenes.things import as_object, draw_thing, pairs, pairs_asked

BAR_HALF = 0.025
"""Half the edge of the square section of bar and posts, m."""
BEHIND = 1.5
"""How far behind its bar each thing stands, m."""
BESIDE = 1.7
"""Distance between the middles of two bars, m."""
THINGS: tuple[str, ...] = tuple(shape for shape in WIDE_SHAPES if shape not in ("arch", "table"))
"""Shapes of what stands behind a bar: none that looks like one."""
TRIES = 200
_STREAM = 0xC4A1


@dataclass(frozen=True, slots=True)
class CrawlLevel:
    """What makes a level.

    Attributes:
        clearance: height of the bar's underside over the floor, m; the standing robot is 0.344 m.
        opening: room between the posts, m.
        bars: how many bars stand side by side.
        distance: range of the way from the start to the bar, m.
        aside: largest sideways offset of the start, m.
        askew: largest heading error of the start, rad.
    """

    clearance: float
    opening: float
    bars: int
    distance: tuple[float, float]
    aside: float
    askew: float


COURSES: dict[int, CrawlLevel] = {
    1: CrawlLevel(0.31, 1.3, 1, (1.2, 1.6), 0.15, 0.2),
    2: CrawlLevel(0.29, 1.15, 2, (1.4, 1.8), 0.4, 0.5),
    3: CrawlLevel(0.28, 1.0, 2, (1.5, 2.0), 0.7, 0.8),
}


@dataclass(frozen=True, slots=True)
class CrawlGoal:
    """Pass under one bar and stop before the thing behind it.

    Attributes:
        bar: index of the item to pass under.
        half_opening: half the room between the posts, m.
        thing: what to stop before.
    """

    bar: int
    half_opening: float
    thing: Thing


def draw_crawl(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    In the split ``unseen_object`` the named bar has one of HELD_OUT_GATE_COLOURS.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    rng = request.rng(_STREAM)
    course = COURSES[request.level]
    colours = draw_colours(
        rng, course.bars, new=request.new, named=request.named("bar", WIDE_COLOURS)
    )
    named = int(rng.integers(course.bars))
    colours[0], colours[named] = colours[named], colours[0]
    bars = [
        bar_object(colour, TRAINING_SHADES[colour].draw(rng), course, BESIDE * i)
        for i, colour in enumerate(colours)
    ]
    things = _things(rng, bars, named, request)
    behind = [as_object(t, "target" if i == named else "distractor") for i, t in enumerate(things)]
    for _ in range(TRIES):
        found = settle(rng, bars + behind, _start(rng, course, bars[named].y))
        if found is not None:
            break
    else:
        raise request.no_layout("crawl", TRIES)
    objects, start, _ = found
    item = objects[course.bars + named]
    thing = replace(things[named], x=item.x, y=item.y, yaw=item.yaw)
    return Scene(
        task="crawl",
        level=request.level,
        seed=request.seed,
        split=request.split,
        novelty="colour" if request.new else "none",
        objects=objects,
        start=start,
        appearance=draw_appearance(rng),
        words=(("bar", colours[named]), ("colour", thing.colour), ("shape", thing.shape)),
        goal=CrawlGoal(named, course.opening / 2, thing),
    )


def crawl_goal_in(scene: Scene, words: Mapping[str, str]) -> CrawlGoal:
    """Return the goal of words in a scene of any task: the nearest thing behind the bar is meant.

    Raises:
        SceneError: there is no such bar, or no such thing behind it.
    """
    named, place = words.get("bar", ""), scene.start[:2]
    bars = [i for i in scene.indices("bar") if named in ("", scene.objects[i].colour)]
    if not bars:
        raise SceneError(f"there is no {f'{named} bar'.strip()} here")
    bar = min(bars, key=lambda i: math.dist(place, (scene.objects[i].x, scene.objects[i].y)))
    target = Target(words.get("colour") or None, words.get("shape") or None)
    item = scene.objects[bar]
    ways = [
        (to_object_frame(item, (thing.x, thing.y)), thing)
        for thing in things_in(scene).values()
        if target.matches(thing.colour, thing.shape)
    ]
    behind = [(math.hypot(*way), thing) for way, thing in ways if way[0] > 0.0]
    if not behind:
        raise SceneError(f"there is no {target.name} behind the {item.name}")
    thing = min(behind, key=lambda found: found[0])[1]
    half_opening = max(geom.pos[1] for geom in item.geoms) - BAR_HALF
    return CrawlGoal(bar, half_opening, thing)


def bar_object(colour: str, rgb: RGB, course: CrawlLevel, y: float) -> SceneObject:
    """Return a bar on two posts across the x axis of its frame, at (0, y)."""
    reach = course.opening / 2 + BAR_HALF
    top = course.clearance + 2 * BAR_HALF
    beam = (BAR_HALF, reach + BAR_HALF, BAR_HALF)
    post = (BAR_HALF, BAR_HALF, top / 2)
    geoms = (
        Geom("box", beam, (0.0, 0.0, course.clearance + BAR_HALF), rgb),
        Geom("box", post, (0.0, reach, top / 2), rgb),
        Geom("box", post, (0.0, -reach, top / 2), rgb),
    )
    return SceneObject(f"{colour} bar", "bar", geoms, 0.0, y, 0.0, colour, "bar")


def _things(
    rng: np.random.Generator, bars: list[SceneObject], named: int, request: SceneRequest
) -> list[Thing]:
    """Draw what stands behind each bar, of different shapes, none in the colour of a bar.

    What stands behind the named one is as the words ask, where they do.
    """
    taken = HELD_OUT_GATE_COLOURS | {bar.colour for bar in bars}
    known = [pair for pair in pairs("none") if pair[0] not in taken]
    things: list[Thing] = []
    shapes = [str(shape) for shape in rng.permutation(THINGS)]
    asked = request.named("shape", WIDE_SHAPES)
    if asked is not None:
        shapes = [shape for shape in shapes if shape != asked]
        shapes.insert(named, asked)
    for i, (bar, shape) in enumerate(zip(bars, shapes, strict=False)):
        fits = [pair for pair in known if pair[1] == shape]
        if i == named and request.asks:
            fits = pairs_asked(request, [pair for pair in fits if request.fits("colour", pair[0])])
        thing = draw_thing(rng, fits[int(rng.integers(len(fits)))])
        things.append(replace(thing, x=BEHIND, y=bar.y + float(rng.uniform(-0.1, 0.1))))
    return things


def _start(rng: np.random.Generator, course: CrawlLevel, middle: float) -> Pose:
    """Draw a start before the bar whose middle is at (0, middle), turned roughly towards it."""
    x = -float(rng.uniform(*course.distance))
    y = middle + float(rng.uniform(-course.aside, course.aside))
    askew = float(rng.uniform(-course.askew, course.askew))
    return x, y, math.atan2(middle - y, -x) + askew


def along_and_across(scene: Scene, place: tuple[float, float]) -> tuple[float, float]:
    """Return how far a place is beyond the named bar and left of its middle, m."""
    goal = scene.goal
    assert isinstance(goal, CrawlGoal)
    return to_object_frame(scene.objects[goal.bar], place)
