"""Scenes of the task move: a robot, what it is told to do with its body, and things far off."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from canter.sim.planar import Pose
from canter.sim.scenes.draws import draw_appearance
from canter.sim.scenes.layout import settle
from canter.sim.scenes.placement import segment_distance
from canter.sim.scenes.scene import Scene, SceneObject
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.things import as_object, draw_thing, pairs
from canter.sim.tasks.move.move_legs import (
    ANGLES,
    DISTANCES,
    HELD_OUT_AMOUNTS,
    PITCHES,
    WAYS,
    Leg,
    legs_of,
    way_points,
)

CLEARANCE = 1.0
"""Least distance of the middles of things from the way, m."""
PROPS = 3
TRIES = 400
_STREAM = 0x0E0E


@dataclass(frozen=True, slots=True)
class MoveGoal:
    """What the body is to do.

    Attributes:
        legs: in this order.
    """

    legs: tuple[Leg, ...]


def draw_move(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    Level 1 asks for one walk or turn; level 2 for a pace, a side step or a pose too; level 3 for
    a walk in a posture, or for two things in a row. In the split ``unseen_object`` one of the
    amounts is of HELD_OUT_AMOUNTS.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    rng = request.rng(_STREAM)
    drawn = _legs(rng, request.level, request.new)
    legs = legs_of(request.words) or drawn
    origin: Pose = (0.0, 0.0, 0.0)
    path = [pose[:2] for pose in way_points(origin, legs)]
    for _ in range(TRIES):
        objects = _things(rng, path)
        found = settle(rng, objects, origin, path) if objects is not None else None
        if found is not None:
            break
    else:
        raise request.no_layout("move", TRIES)
    placed, start, _ = found
    return Scene(
        task="move",
        level=request.level,
        seed=request.seed,
        split=request.split,
        novelty="amount" if request.new else "none",
        objects=placed,
        start=start,
        appearance=draw_appearance(rng),
        words=tuple(word for i, leg in enumerate(legs) for word in leg.words(i)),
        goal=MoveGoal(legs),
    )


def move_goal_in(scene: Scene, words: Mapping[str, str]) -> MoveGoal:
    """Return the goal of words in a scene of any task.

    Raises:
        SceneError: a word that no leg has.
    """
    del scene
    return MoveGoal(legs_of(words))


def _legs(rng: np.random.Generator, level: int, new: bool) -> tuple[Leg, ...]:
    """Draw what a level asks for."""
    walk, turn = _walk(rng, new, "forward", "back"), _turn(rng, new)
    if level == 1 or (new and level == 2):
        return (walk,) if rng.random() < 1 / 2 else (turn,)
    if level == 2:
        paced = replace(walk, amount="", pace=_pick(rng, "slowly", "quickly"))
        if paced.pace == "quickly":
            paced = replace(paced, way="forward")
        side = _walk(rng, new, "left", "right")
        pose = Leg("pose", _pick(rng, "low", "high", *PITCHES))
        return ((paced, side, pose)[int(rng.integers(3))],)
    kind = int(rng.integers(3))
    if kind == 0:
        return (replace(walk, pace=_pick(rng, "", "slowly"), posture=_pick(rng, "low", "high")),)
    return (walk, turn) if kind == 1 else (turn, replace(walk, way="forward"))


def _walk(rng: np.random.Generator, new: bool, *ways: str) -> Leg:
    """Draw a walk in one of these directions."""
    fits = [name for name in DISTANCES if (name in HELD_OUT_AMOUNTS) == new]
    if any(WAYS[way][0] == 0.0 for way in ways):
        fits = [name for name in fits if name != "two"]
    return Leg("walk", _pick(rng, *ways), _pick(rng, *fits))


def _turn(rng: np.random.Generator, new: bool) -> Leg:
    """Draw a turn."""
    fits = [name for name in ANGLES if (name in HELD_OUT_AMOUNTS) == new]
    return Leg("turn", _pick(rng, "left", "right"), _pick(rng, *fits))


def _pick(rng: np.random.Generator, *choices: str) -> str:
    """Return one of the choices."""
    return choices[int(rng.integers(len(choices)))]


def _things(rng: np.random.Generator, path: list[tuple[float, float]]) -> list[SceneObject] | None:
    """Draw things apart from the way of a robot that starts at the origin, or None."""
    way = [(0.0, 0.0), (0.0, 0.0), *path]
    known = pairs("none")
    objects: list[SceneObject] = []
    for _ in range(PROPS):
        x, y = (float(v) for v in rng.uniform(-2.5, 2.5, 2))
        room = min(segment_distance(a, b, (x, y)) for a, b in itertools.pairwise(way))
        apart = min((math.dist((x, y), (p.x, p.y)) for p in objects), default=math.inf)
        if room < CLEARANCE or apart < CLEARANCE:
            return None
        thing = draw_thing(rng, known[int(rng.integers(len(known)))])
        objects.append(as_object(replace(thing, x=x, y=y), "distractor"))
    return objects
