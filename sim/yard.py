"""A yard: a scene for several things to do one after another, with a bar to crawl under or none.

It is a scene of go_to with more in it, so that one robot in one scene can be told anything that
`canter.sim.told_expert` or a model does there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from canter.control.errors import SceneError
from canter.control.vocab import WIDE_COLOURS, Target
from canter.sim.planar import Pose
from canter.sim.scenes.draws import draw_appearance
from canter.sim.scenes.layout import settle
from canter.sim.scenes.placed_things import things_in
from canter.sim.scenes.placement import START_CLEARANCE, place
from canter.sim.scenes.scene import Scene, SceneObject
from canter.sim.scenes.shades import TRAINING_SHADES
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.scenes.things import as_object, draw_thing, pairs
from canter.sim.tasks.crawl.crawl_scene import BEHIND, COURSES, THINGS, bar_object
from canter.sim.tasks.go_to.go_to_scene import MAX_THINGS, GoToGoal

OPEN_THINGS = 5
"""How many things stand in a yard without a bar, where no more are named."""
BEFORE_BAR = 2
"""How many things stand before a bar."""
LANE = 0.95
"""Half the width of the way to the bar that is free of things, m."""
START = 1.4
"""Way from the start to the bar, m."""
SPACING = 1.2
TRIES = 400
_STREAM = 0x7A2D


@dataclass(frozen=True, slots=True)
class YardWish:
    """What a yard must hold.

    Attributes:
        things: to go to; before the bar where there is one.
        bar: colour of the bar, empty for any; None for no bar.
        behind: what stands behind the bar; None for anything.
    """

    things: tuple[Target, ...] = ()
    bar: str | None = None
    behind: Target | None = None


def draw_yard(seed: int, wish: YardWish) -> Scene:
    """Draw a yard; the same seed and wish give the same scene.

    Raises:
        SceneError: it cannot hold so much, or nothing is like that, or no layout was found.
    """
    room = MAX_THINGS if wish.bar is None else BEFORE_BAR
    if len(wish.things) > room:
        raise SceneError(
            f"{len(wish.things)} different things are named, and a yard holds {room}"
            f"{'' if wish.bar is None else ' before a bar'}; name fewer"
        )
    rng = np.random.default_rng(np.random.SeedSequence([seed, _STREAM]))
    objects, start = _open(rng, wish) if wish.bar is None else _with_bar(rng, wish)
    scene = Scene(
        task="go_to",
        level=1,
        seed=seed,
        split="seen",
        novelty="none",
        objects=objects,
        start=start,
        appearance=draw_appearance(rng),
        words=(("colour", objects[0].colour), ("shape", objects[0].kind)),
        goal=GoToGoal((), Target(objects[0].colour, objects[0].kind)),
    )
    things = tuple(things_in(scene).values())
    return replace(scene, goal=GoToGoal(things, Target(objects[0].colour, objects[0].kind)))


def _open(rng: np.random.Generator, wish: YardWish) -> tuple[tuple[SceneObject, ...], Pose]:
    """Place things all about the floor."""
    things = _draw(rng, wish.things, max(OPEN_THINGS, len(wish.things)), ())
    placed, start = place(rng, things)
    return tuple(as_object(thing, "target") for thing in placed), start


def _with_bar(rng: np.random.Generator, wish: YardWish) -> tuple[tuple[SceneObject, ...], Pose]:
    """Place a bar, what stands behind it, and things on both sides of the way to it."""
    colour = wish.bar or WIDE_COLOURS[int(rng.integers(len(WIDE_COLOURS)))]
    course = COURSES[1]
    bar = bar_object(colour, TRAINING_SHADES[colour].draw(rng), course, 0.0)
    (behind,) = _draw(rng, [wish.behind] if wish.behind else [], 1, wish.things, THINGS)
    taken = (*wish.things, Target(behind.colour, behind.shape))
    things = _draw(rng, wish.things, BEFORE_BAR, taken[len(wish.things) :])
    start: Pose = (-START, 0.0, float(rng.uniform(-course.askew, course.askew)))
    for _ in range(TRIES):
        spread = _beside(rng, things, start)
        if spread is None:
            continue
        objects = [as_object(thing, "target") for thing in spread]
        objects.append(as_object(replace(behind, x=BEHIND), "target"))
        found = settle(rng, [*objects, bar], start)
        if found is not None:
            return found[0], found[1]
    raise SceneError("no yard with a bar has room for these things; choose another seed")


def _beside(rng: np.random.Generator, things: Sequence[Thing], start: Pose) -> list[Thing] | None:
    """Return the things to the left and the right of the way to the bar, None where too near."""
    placed: list[Thing] = []
    for thing in things:
        side = 1.0 if not placed else -math.copysign(1.0, placed[0].y)
        x, y = float(rng.uniform(-2.4, -1.5)), side * float(rng.uniform(LANE, 2.0))
        one = replace(thing, x=x, y=y)
        if nearest_surface_distance(one, *start[:2]) < START_CLEARANCE / 1.5:
            return None
        placed.append(one)
    return placed


def _draw(
    rng: np.random.Generator,
    wanted: Sequence[Target],
    count: int,
    apart: Sequence[Target],
    shapes: Sequence[str] = (),
) -> list[Thing]:
    """Return so many things: those that are wanted, then others that are none of all these.

    Raises:
        SceneError: nothing is like what is wanted.
    """
    known = [pair for pair in pairs("none") if not shapes or pair[1] in shapes]
    known = [known[int(i)] for i in rng.permutation(len(known))]
    chosen: list[tuple[str, str]] = []
    for target in wanted:
        fits = [p for p in (*known, *pairs("pair")) if target.matches(*p) and p not in chosen]
        if not fits:
            raise SceneError(f"nothing is a {target.name}; name another thing")
        chosen.append(fits[0])
    for pair in known:
        others = (*wanted, *apart, *(Target(*one) for one in chosen))
        if len(chosen) < count and not any(target.matches(*pair) for target in others):
            chosen.append(pair)
    return [draw_thing(rng, pair) for pair in chosen]
