"""Scenes of the task distinguish: boards with a letter or a digit, standing about the robot."""

import math
from dataclasses import dataclass

import numpy as np

from canter.control.vocab import GLYPHS, HELD_OUT_GLYPHS
from canter.sim.experts.path_planning import Way, find_way, near
from canter.sim.planar import Pose, wrap
from canter.sim.rendering.appearance import muted
from canter.sim.rendering.materials import glyph_material
from canter.sim.scenes.draws import draw_appearance
from canter.sim.scenes.footprints import footprints
from canter.sim.scenes.layout import settle
from canter.sim.scenes.object_visibility import ObjectVisibility
from canter.sim.scenes.scene import Geom, Scene, SceneObject, to_world
from canter.sim.scenes.scene_request import SceneRequest, first_good

ALIKE: tuple[str, ...] = (
    "B8R",
    "S5",
    "Z27",
    "CG6",
    "EF3",
    "MNH",
    "UVY",
    "PRD",
    "4A",
    "9P",
    "LT",
    "KX",
)
"""Glyphs that look like each other."""
PANEL_HALF = (0.31, 0.36)
"""Range of half the edge of a board, m."""
PANEL_FOOT = 0.06
"""Height of a board's lower edge over the floor, m."""
HALF_THICKNESS = 0.015
PLATE = 0.003
BESIDE = 1.15
"""Least distance between two boards, m."""
STAND_OFF = 0.62
"""Distance of the place to stop from the middle of a board, m."""
ROOM = 0.36
"""Room between the base origin and any board on the way, m."""
_STREAM = 0xD157

_FACES_X = (0.5, 0.5, 0.5, 0.5)
"""Turns z to x and y to z: a picture on the faces across z stands upright and looks along x."""


@dataclass(frozen=True, slots=True)
class Exhibition:
    """What makes a level.

    Attributes:
        boards: how many.
        distance: range of a board's distance from the start, m.
        askew: largest angle by which a board does not face the start, rad.
        heading: largest bearing of the middle of the boards at the start, rad.
        alike: whether the others look like the named glyph where such are left.
    """

    boards: int
    distance: tuple[float, float]
    askew: float
    heading: float
    alike: bool


EXHIBITIONS: dict[int, Exhibition] = {
    1: Exhibition(2, (1.7, 2.1), 0.1, 0.3, alike=False),
    2: Exhibition(3, (1.9, 2.4), 0.3, 0.8, alike=False),
    3: Exhibition(4, (2.2, 2.7), 0.45, math.pi, alike=True),
}


@dataclass(frozen=True, slots=True)
class DistinguishGoal:
    """Stop before one board.

    Attributes:
        board: index of the item.
    """

    board: int


def draw_distinguish(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    In the split ``unseen_object`` the named glyph is one of HELD_OUT_GLYPHS, which training has on
    other boards alone.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    return first_good("distinguish", request, _STREAM, _draw)


def way_before(scene: Scene) -> Way:
    """Return the way to the place before the named board."""
    place = to_world(scene.objects[board_of(scene)], (STAND_OFF, 0.0))
    return find_way(footprints(scene.objects), near(place, 0.12), ROOM)


def board_of(scene: Scene) -> int:
    """Return the index of the named board."""
    assert isinstance(scene.goal, DistinguishGoal)
    return scene.goal.board


def _solvable(scene: Scene) -> bool:
    """Tell whether the named board can be read from the start and walked up to."""
    x, y, _ = scene.start
    board = scene.objects[board_of(scene)]
    facing = math.atan2(board.y - y, board.x - x)
    seen = ObjectVisibility(scene).visible_standing((x, y, facing))
    return board_of(scene) in seen and math.isfinite(way_before(scene).remaining((x, y)))


def _draw(rng: np.random.Generator, request: SceneRequest) -> Scene | None:
    """Draw a scene, or return None where the boards find no room or the named one no way."""
    show = EXHIBITIONS[request.level]
    glyphs = _glyphs(rng, show, request)
    order = [int(i) for i in rng.permutation(show.boards)]
    boards = _boards(rng, show, [glyphs[i] for i in order])
    if boards is None:
        return None
    heading = float(rng.uniform(-show.heading, show.heading))
    found = settle(rng, boards, (0.0, 0.0, heading))
    if found is None:
        return None
    goal = DistinguishGoal(order.index(0))
    words = {"glyph": glyphs[0]}
    appearance = draw_appearance(rng)
    scene = request.scene("distinguish", appearance, found[:2], words, goal, "glyph")
    return scene if _solvable(scene) else None


def _glyphs(rng: np.random.Generator, show: Exhibition, request: SceneRequest) -> list[str]:
    """Draw different glyphs, the named one first."""
    known = [g for g in GLYPHS if (g in HELD_OUT_GLYPHS) == request.new]
    drawn = known[int(rng.integers(len(known)))]
    glyph = request.named("glyph", GLYPHS) or drawn
    others = [str(g) for g in rng.permutation([g for g in GLYPHS if g != glyph])]
    if show.alike:
        close = {g for group in ALIKE if glyph in group for g in group}
        others.sort(key=lambda g: g not in close)
    return [glyph, *others[: show.boards - 1]]


def _boards(
    rng: np.random.Generator, show: Exhibition, glyphs: list[str]
) -> list[SceneObject] | None:
    """Place the boards on an arc about the origin, or return None where two are too near."""
    middle = (show.boards - 1) / 2
    boards: list[SceneObject] = []
    for i, glyph in enumerate(glyphs):
        distance = float(rng.uniform(*show.distance))
        step = 1.12 * BESIDE / show.distance[0] * rng.uniform(0.95, 1.1)
        direction = (i - middle) * float(step)
        x, y = distance * math.cos(direction), distance * math.sin(direction)
        yaw = wrap(direction + math.pi + float(rng.uniform(-show.askew, show.askew)))
        boards.append(board_object(rng, glyph, (x, y, yaw)))
    apart = [math.hypot(a.x - b.x, a.y - b.y) for k, a in enumerate(boards) for b in boards[:k]]
    return boards if min(apart) >= BESIDE else None


def board_object(rng: np.random.Generator, glyph: str, pose: Pose) -> SceneObject:
    """Return a board whose face, with the glyph, looks along the x axis of its frame."""
    half = float(rng.uniform(*PANEL_HALF))
    frame = muted(rng, 0.2, 0.8, 0.5)
    paper = muted(rng, 0.88, 1.0, 0.12)
    middle = PANEL_FOOT + half
    face = 0.92 * half
    geoms = (
        Geom("box", (HALF_THICKNESS, half, half), (0.0, 0.0, middle), frame),
        Geom(
            "box",
            (face, face, PLATE),
            (HALF_THICKNESS, 0.0, middle),
            paper,
            quat=_FACES_X,
            material=glyph_material(glyph),
            touchable=False,
        ),
        Geom("box", (0.1, 0.6 * half, PANEL_FOOT / 2), (0.0, 0.0, PANEL_FOOT / 2), frame),
    )
    x, y, yaw = pose
    return SceneObject(f"board {glyph}", "board", geoms, x, y, yaw, "", glyph)
