"""Scenes of the task go_through: gates and tunnels of different colours, side by side."""

import math
from dataclasses import dataclass

import numpy as np

from canter.control.vocab import WIDE_COLOURS
from canter.sim.experts.path_planning import Way, find_way, near
from canter.sim.planar import Pose
from canter.sim.rendering.colour import RGB
from canter.sim.scenes.draws import draw_appearance, draw_colours
from canter.sim.scenes.footprints import footprints
from canter.sim.scenes.layout import settle
from canter.sim.scenes.object_visibility import ObjectVisibility
from canter.sim.scenes.scene import Geom, Scene, SceneObject, to_object_frame, to_world
from canter.sim.scenes.scene_request import SceneRequest, first_good
from canter.sim.scenes.shades import TRAINING_SHADES

POST = 0.05
"""Half the thickness of posts, walls, lintels and roofs, m."""
HEIGHT = (0.75, 0.95)
"""Range of a gate's clear height, m."""
TUNNEL_HALF = 0.3
"""Half the length of a tunnel, m."""
BEFORE = 0.65
"""Distance of the place to line up from the entrance, m."""
BEHIND = 0.85
"""Distance of the place to stop from the exit, m."""
ROOM = 0.36
"""Room between the base origin and any gate on the way to the entrance, m."""
KINDS = ("gate", "tunnel")
_STREAM = 0x6A7E


@dataclass(frozen=True, slots=True)
class Row:
    """What makes a level.

    Attributes:
        gates: how many.
        opening: clear width, m.
        between: room between two gates, m.
        distance: range of the distance from the start to the row, m.
        askew: largest angle by which a gate is turned out of the row, rad.
        heading: largest bearing of the named gate at the start, rad.
        tunnels: chance that a gate is a tunnel.
    """

    gates: int
    opening: float
    between: float
    distance: tuple[float, float]
    askew: float
    heading: float
    tunnels: float


ROWS: dict[int, Row] = {
    1: Row(2, 1.1, 0.3, (1.5, 1.9), 0.0, 0.4, 0.25),
    2: Row(3, 0.95, 0.25, (1.7, 2.1), 0.15, 0.9, 0.4),
    3: Row(4, 0.82, 0.25, (1.8, 2.2), 0.3, math.pi, 0.5),
}


@dataclass(frozen=True, slots=True)
class GoThroughGoal:
    """Pass through one gate along its x axis and stop behind it.

    Attributes:
        gate: index of the item.
        half_opening: half the clear width, m.
        half_length: half the way from the entrance to the exit, m.
    """

    gate: int
    half_opening: float
    half_length: float


def draw_go_through(request: SceneRequest) -> Scene:
    """Draw a scene; the same request gives the same scene.

    In the split ``unseen_object`` the named gate has one of HELD_OUT_GATE_COLOURS.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    return first_good("go_through", request, _STREAM, _draw)


def goal_of(scene: Scene) -> GoThroughGoal:
    """Return the goal of a scene of this task."""
    assert isinstance(scene.goal, GoThroughGoal)
    return scene.goal


def half_length(gate: SceneObject) -> float:
    """Return half the way from a gate's entrance to its exit, m."""
    return TUNNEL_HALF if gate.kind == "tunnel" else POST


def way_before(scene: Scene) -> Way:
    """Return the way to the place before the named gate's entrance."""
    goal = goal_of(scene)
    place = to_world(scene.objects[goal.gate], (-goal.half_length - BEFORE, 0.0))
    return find_way(footprints(scene.objects), near(place, 0.1), ROOM)


def _solvable(scene: Scene) -> bool:
    """Tell whether the named gate is seen from the start, can be reached, and has room behind."""
    goal = goal_of(scene)
    gate = scene.objects[goal.gate]
    x, y, _ = scene.start
    if to_object_frame(gate, (x, y))[0] > -goal.half_length - 0.5:
        return False
    facing = math.atan2(gate.y - y, gate.x - x)
    if goal.gate not in ObjectVisibility(scene).visible_standing((x, y, facing)):
        return False
    return math.isfinite(way_before(scene).remaining((x, y)))


def _draw(rng: np.random.Generator, request: SceneRequest) -> Scene | None:
    """Draw a scene, or return None where it does not fit on the floor or has no way."""
    row = ROWS[request.level]
    colours = draw_colours(
        rng, row.gates, new=request.new, named=request.named("colour", WIDE_COLOURS)
    )
    kind = request.named("kind", KINDS)
    named = int(rng.integers(row.gates))
    colours[0], colours[named] = colours[named], colours[0]
    pitch = row.opening + 4 * POST + row.between
    gates = [
        gate_object(
            _kind(rng, row, kind if i == named else None),
            colour,
            TRAINING_SHADES[colour].draw(rng),
            (row.opening, float(rng.uniform(*HEIGHT))),
            (0.0, (i - (row.gates - 1) / 2) * pitch, float(rng.uniform(-row.askew, row.askew))),
        )
        for i, colour in enumerate(colours)
    ]
    distance = float(rng.uniform(*row.distance))
    aside = float(rng.uniform(-0.4, 0.4))
    heading = math.atan2(gates[named].y - aside, distance)
    heading += float(rng.uniform(-row.heading, row.heading))
    reach = half_length(gates[named]) + BEHIND
    behind = to_world(gates[named], (reach, 0.0))
    found = settle(rng, gates, (-distance, aside, heading), [behind])
    if found is None:
        return None
    objects, start, _ = found
    words = {"colour": colours[named], "kind": objects[named].kind}
    appearance = draw_appearance(rng)
    goal = GoThroughGoal(named, row.opening / 2, half_length(objects[named]))
    scene = request.scene("go_through", appearance, (objects, start), words, goal, "colour")
    return scene if _solvable(scene) else None


def _kind(rng: np.random.Generator, row: Row, asked: str | None) -> str:
    """Draw gate or tunnel; what is asked for comes true."""
    drawn = "tunnel" if rng.uniform() < row.tunnels else "gate"
    return asked or drawn


def gate_object(
    kind: str, colour: str, rgb: RGB, clear: tuple[float, float], pose: Pose
) -> SceneObject:
    """Return a gate or a tunnel along the x axis of its frame, with a clear width and height, m."""
    width, height = clear
    half = TUNNEL_HALF if kind == "tunnel" else POST
    reach = width / 2 + POST
    side = (half, POST, height / 2)
    geoms = (
        Geom("box", side, (0.0, reach, height / 2), rgb),
        Geom("box", side, (0.0, -reach, height / 2), rgb),
        Geom("box", (half, reach + POST, POST), (0.0, 0.0, height + POST), rgb),
    )
    x, y, yaw = pose
    return SceneObject(f"{colour} {kind}", "gate", geoms, x, y, yaw, colour, kind)
