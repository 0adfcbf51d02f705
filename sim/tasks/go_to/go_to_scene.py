"""Scenes of the task go_to: three to six things, one of which is named.

Level 1: the target is in view at the start; level 2: anywhere; level 3: six things of all shapes
and colours, each like the target in one respect, the target out of view.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from canter.control.errors import SceneError
from canter.control.vocab import (
    COLOURS,
    HELD_OUT_PAIRS,
    SCENE_SHAPES,
    SHAPES,
    WIDE_COLOURS,
    Target,
)
from canter.sim.planar import Pose, wrap
from canter.sim.rendering.appearance import Appearance, sample_appearance
from canter.sim.rendering.materials import draw_wall
from canter.sim.scenes.placed_things import things_in
from canter.sim.scenes.placement import place
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import HELD_OUT_SHADES, TRAINING_SHADES
from canter.sim.scenes.shapes import WIDTH_RANGES, Thing, natural_size
from canter.sim.scenes.things import Pair, as_object, draw_thing, pairs

MAX_THINGS = 6
THING_COUNTS = (3, MAX_THINGS)
SHARE_COLOUR, SHARE_SHAPE = 0.8, 0.8
"""Chance that a scene holds a distractor of the target's colour, and one of its shape."""
NEW_DISTRACTOR_SHADE = 0.3
"""Chance that a distractor of the split ``unseen_object`` has a held-out shade."""
IN_VIEW = math.radians(30.0)
"""Greatest bearing of the target at the start of level 1, rad."""
OUT_OF_VIEW = math.radians(60.0)
"""Least bearing of the target at the start of level 3, rad."""
_STREAM = 0x60


@dataclass(frozen=True, slots=True)
class GoToGoal:
    """Stop before a thing.

    Attributes:
        things: on the floor, in the order of the scene's objects.
        target: what is named.
    """

    things: tuple[Thing, ...]
    target: Target

    @property
    def matching(self) -> tuple[int, ...]:
        """Indices of all things that the target means; empty if there is none."""
        return tuple(i for i, o in enumerate(self.things) if self.target.matches(o.colour, o.shape))

    @property
    def name(self) -> str:
        """The target in words, see `Target.name`."""
        return self.target.name


@dataclass(frozen=True, slots=True)
class Layout:
    """Things on the floor before they become a scene.

    Attributes:
        goal: the things and which is meant.
        start: base pose at the start, world frame: x, y (m), yaw (rad).
        appearance: light, floor, skyline and camera errors.
        novelty: what is held out of training about the target: ``pair``, ``shade`` or ``none``.
    """

    goal: GoToGoal
    start: Pose
    appearance: Appearance
    novelty: str = "none"


def draw_go_to(request: SceneRequest) -> Scene:
    """Draw a scene in which exactly one thing is the target; words may name colour and shape.

    Splits ``seen`` and ``unseen_instruction`` draw the same scenes: all pairs and shades from
    training. In ``unseen_object`` the target is a held-out pair or has a held-out shade (even
    odds), and distractors may be anything.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    rng = request.rng(_STREAM)
    target = _asked(request)
    draw = _crowded if request.level == 3 else _usual
    layout = draw(rng if request.level == 3 else _usual_rng(request), request, target)
    if request.level == 1:
        turn = float(rng.uniform(-IN_VIEW, IN_VIEW))
        layout = replace(layout, start=_turned(layout, turn))
    appearance = replace(layout.appearance, wall_material=draw_wall(rng))
    return go_to_scene(request, replace(layout, appearance=appearance))


def go_to_scene(request: SceneRequest, layout: Layout) -> Scene:
    """Return a layout as a scene of the task."""
    goal = layout.goal
    meant = set(goal.matching)
    objects = tuple(
        as_object(thing, "target" if i in meant else "distractor")
        for i, thing in enumerate(goal.things)
    )
    words = {"colour": goal.target.colour or "", "shape": goal.target.shape or ""}
    scene = request.scene("go_to", layout.appearance, (objects, layout.start), words, goal, "")
    return replace(scene, novelty=layout.novelty)


def goal_of(scene: Scene) -> GoToGoal:
    """Return the goal of a scene of this task."""
    assert isinstance(scene.goal, GoToGoal)
    return scene.goal


def go_to_goal_in(scene: Scene, words: Mapping[str, str]) -> GoToGoal:
    """Return the goal of words in a scene of any task.

    Raises:
        SceneError: nothing there is meant.
    """
    target = Target(words.get("colour") or None, words.get("shape") or None)
    goal = GoToGoal(tuple(things_in(scene).values()), target)
    if not goal.matching:
        raise SceneError(f"there is no {goal.name} here")
    return goal


def _asked(request: SceneRequest) -> Target | None:
    """Return what the words name; None where they leave everything open."""
    colour = request.named("colour", WIDE_COLOURS)
    shape = request.named("shape", SCENE_SHAPES)
    return Target(colour, shape) if colour or shape else None


def _usual_rng(request: SceneRequest) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([request.seed, int(request.new)]))


def _usual(rng: np.random.Generator, request: SceneRequest, target: Target | None) -> Layout:
    """Draw three to six things."""
    novelty = str(rng.choice(["pair", "shade"])) if request.new else "none"
    drawn = _draw_pairs(rng, novelty, target)
    if request.new and drawn[0] not in HELD_OUT_PAIRS:
        novelty = "shade"
    elif drawn[0] in HELD_OUT_PAIRS:
        novelty = "pair"
    others = [NEW_DISTRACTOR_SHADE * request.new] * (len(drawn) - 1)
    shares = [float(novelty == "shade"), *others]
    things = [_draw_known(rng, pair, share) for pair, share in zip(drawn, shares, strict=True)]
    placed, start = place(rng, things)
    shuffled = tuple(placed[i] for i in rng.permutation(len(placed)))
    goal = GoToGoal(shuffled, target or Target(*drawn[0]))
    return Layout(goal, start, sample_appearance(rng), novelty)


def usual_pairs(novelty: str) -> list[Pair]:
    """Return the (colour, shape) pairs of COLOURS and SHAPES: training's, or the held-out ones."""
    return [
        (colour, shape)
        for colour in COLOURS
        for shape in SHAPES
        if ((colour, shape) in HELD_OUT_PAIRS) == (novelty == "pair")
    ]


def _draw_pairs(rng: np.random.Generator, novelty: str, target: Target | None) -> list[Pair]:
    """Draw the target's pair, then pairs of distractors that are not what is asked for."""
    fits = _that_fit(usual_pairs(novelty), target)
    if not fits:  # asked for by name: held out or not, it must be there
        fits = _that_fit([(c, s) for c in COLOURS for s in SHAPES], target)
    if not fits:
        fits = _that_fit([(c, s) for c in WIDE_COLOURS for s in SCENE_SHAPES], target)
    pair = fits[rng.integers(len(fits))]
    wanted = target or Target(*pair)
    pool = usual_pairs("none") + (usual_pairs("pair") if novelty != "none" else [])
    others = [p for p in pool if not wanted.matches(*p)]
    drawn = [pair]
    for shared, chance in ((0, SHARE_COLOUR), (1, SHARE_SHAPE)):
        alike = [p for p in others if p[shared] == pair[shared]]
        if alike and rng.uniform() < chance:
            drawn.append(alike[rng.integers(len(alike))])
    count = int(rng.integers(THING_COUNTS[0], THING_COUNTS[1] + 1))
    while len(drawn) < count:
        drawn.append(others[rng.integers(len(others))])
    return drawn


def _that_fit(known: Sequence[Pair], target: Target | None) -> list[Pair]:
    """Return the pairs that a target may mean."""
    return [pair for pair in known if target is None or target.matches(*pair)]


def _draw_known(rng: np.random.Generator, pair: Pair, new_shade: float) -> Thing:
    """Draw size, yaw and shade, which is a held-out one with probability ``new_shade``."""
    colour, shape = pair
    if shape not in WIDTH_RANGES or colour not in COLOURS:
        return draw_thing(rng, pair)
    shades = HELD_OUT_SHADES if rng.uniform() < new_shade else TRAINING_SHADES
    width = rng.uniform(*WIDTH_RANGES[shape])
    height = {"cylinder": width * rng.uniform(1.0, 1.5), "pole": rng.uniform(0.6, 0.9)}.get(shape)
    return Thing(
        shape=shape,
        colour=colour,
        rgb=shades[colour].draw(rng),
        size=natural_size(shape, width, height),
        x=0.0,
        y=0.0,
        yaw=rng.uniform(-math.pi, math.pi),
    )


def _crowded(rng: np.random.Generator, request: SceneRequest, target: Target | None) -> Layout:
    """Draw the things of level 3, the target the first of them until they are shuffled."""
    novelty = str(rng.choice(["pair", "shade"])) if request.new else "none"
    known = _that_fit(pairs(novelty), target)
    if not known:
        known = _that_fit([(c, s) for c in WIDE_COLOURS for s in SCENE_SHAPES], target)
    wanted = known[int(rng.integers(len(known)))]
    meant = target or Target(*wanted)
    others = [p for p in pairs("none") if p != wanted and not meant.matches(*p)]
    alike = [p for p in others if p[0] == wanted[0] or p[1] == wanted[1]]
    chosen = [wanted, *(alike[int(rng.integers(len(alike)))] for _ in range(MAX_THINGS - 1))]
    things = [
        draw_thing(rng, pair, new_shade=i == 0 and novelty == "shade")
        for i, pair in enumerate(chosen)
    ]
    placed, start = place(rng, things)
    goal = GoToGoal(tuple(placed[i] for i in rng.permutation(len(placed))), meant)
    layout = Layout(goal, start, sample_appearance(rng), novelty)
    side = math.copysign(rng.uniform(OUT_OF_VIEW, math.pi), rng.uniform(-1, 1))
    return replace(layout, start=_turned(layout, side))


def _turned(layout: Layout, bearing: float) -> Pose:
    """Return the start pose turned such that the target lies at a bearing, rad."""
    x, y, _ = layout.start
    target = layout.goal.things[layout.goal.matching[0]]
    return x, y, wrap(math.atan2(target.y - y, target.x - x) - bearing)
