"""Scenes of the task sequence: two things to go to one after the other, among others."""

import math
from dataclasses import dataclass

import numpy as np

from canter.control.errors import SceneError
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.sim.planar import Pose, wrap
from canter.sim.scenes.draws import draw_appearance
from canter.sim.scenes.placement import STOP_CLEARANCE, STOP_DISTANCE, place, segment_distance
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest, first_good
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.scenes.things import Pair, as_object, draw_thing, pairs, pairs_asked
from canter.sim.tasks.go_to.go_to_scene import GoToGoal

APART = (1.35, 3.2)
"""Range of the distance between the two things, m."""
BYPASS = 0.75
"""Nothing else is nearer to the straight way between the two than this, m."""
_STREAM = 0x5E90


@dataclass(frozen=True, slots=True)
class Tour:
    """What makes a level.

    Attributes:
        things: how many stand on the floor.
        heading: largest bearing of the first thing at the start, rad.
        wide: whether all shapes and colours appear, rather than those of `canter run`.
        alike: whether the others share a colour or a shape with one of the two.
    """

    things: int
    heading: float
    wide: bool
    alike: bool


TOURS: dict[int, Tour] = {
    1: Tour(3, 0.5, wide=False, alike=False),
    2: Tour(4, 1.2, wide=True, alike=False),
    3: Tour(6, math.pi, wide=True, alike=True),
}


@dataclass(frozen=True, slots=True)
class SequenceGoal:
    """Go to one thing, then to another.

    Attributes:
        first: as a goal of go_to.
        second: likewise.
    """

    first: GoToGoal
    second: GoToGoal


def draw_sequence(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    In the split ``unseen_object`` one of the two things is a held-out pair of colour and shape.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    return first_good("sequence", request, _STREAM, _draw)


def goal_of(scene: Scene) -> SequenceGoal:
    """Return the goal of a scene of this task."""
    assert isinstance(scene.goal, SequenceGoal)
    return scene.goal


def _draw(rng: np.random.Generator, request: SceneRequest) -> Scene | None:
    """Draw a scene, or return None where its layout is not one."""
    tour = TOURS[request.level]
    chosen = _pairs(rng, tour, request)
    try:
        placed, start = place(rng, [draw_thing(rng, pair) for pair in chosen])
    except SceneError:
        return None
    first, second, *others = placed
    if not _second_is_good(first, second, others):
        return None
    start = _turned(rng, start, first, tour.heading)
    order = [int(i) for i in rng.permutation(len(placed))]
    things = tuple(placed[i] for i in order)
    objects = tuple(
        as_object(thing, "target" if i < 2 else "distractor")
        for i, thing in zip(order, things, strict=True)
    )
    words = {
        "colour": first.colour,
        "shape": first.shape,
        "colour2": second.colour,
        "shape2": second.shape,
    }
    goal = SequenceGoal(*(GoToGoal(things, Target(*pair)) for pair in chosen[:2]))
    placing = (objects, start)
    return request.scene("sequence", draw_appearance(rng), placing, words, goal, "pair")


def _pairs(rng: np.random.Generator, tour: Tour, request: SceneRequest) -> list[Pair]:
    """Draw different pairs of colour and shape, those of the two things first."""
    usual = pairs("none")
    if not tour.wide:
        usual = [p for p in usual if p[0] in COLOURS and p[1] in SHAPES]
    drawn = [usual[int(i)] for i in rng.permutation(len(usual))]
    two = drawn[:2]
    if request.new:
        held_out = pairs("pair")
        two[int(rng.integers(2))] = held_out[int(rng.integers(len(held_out)))]
    if request.asks:
        two = _asked(rng, drawn, request)
    others = [p for p in drawn if p not in two]
    if tour.alike:
        words = {word for pair in two for word in pair}
        others.sort(key=lambda pair: not words & set(pair))
    return [*two, *others[: tour.things - 2]]


def _asked(rng: np.random.Generator, drawn: list[Pair], request: SceneRequest) -> list[Pair]:
    """Return the two pairs as the words ask, what they leave open as drawn."""
    first = pairs_asked(request, drawn)
    one = first[int(rng.integers(len(first)))]
    second = pairs_asked(request, [p for p in drawn if p != one], "colour2", "shape2")
    other = [p for p in second if p != one]
    if not other:
        raise SceneError(f"a sequence goes to two things, not to the {' '.join(one)} twice")
    return [one, other[int(rng.integers(len(other)))]]


def _second_is_good(first: Thing, second: Thing, others: list[Thing]) -> bool:
    """Tell whether there is a free way from the first to the second with room to stop."""
    dx, dy = second.x - first.x, second.y - first.y
    apart = math.hypot(dx, dy)
    if not APART[0] <= apart <= APART[1]:
        return False
    ends = (first.x, first.y), (second.x, second.y)
    if any(segment_distance(*ends, (o.x, o.y)) < BYPASS for o in others):
        return False
    share = 1.0 - (second.radius + STOP_DISTANCE) / apart
    x, y = first.x + share * dx, first.y + share * dy
    return all(nearest_surface_distance(o, x, y) >= STOP_CLEARANCE for o in others)


def _turned(rng: np.random.Generator, start: Pose, first: Thing, heading: float) -> Pose:
    """Return the start with the first thing at a drawn bearing, at most so large, rad."""
    x, y, _ = start
    aside = float(rng.uniform(-heading, heading))
    return x, y, wrap(math.atan2(first.y - y, first.x - x) + aside)
