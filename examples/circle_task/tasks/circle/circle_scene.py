"""Scenes of the task circle: a thing with room around it, and another one beside."""

import math
from dataclasses import dataclass, replace

from canter.sim.planar import wrap
from canter.sim.scenes.draws import draw_appearance
from canter.sim.scenes.layout import settle
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shapes import Thing
from canter.sim.scenes.things import as_object, draw_thing, pairs, pairs_asked

BEARINGS = {1: 0.3, 2: 0.8, 3: math.pi}
"""Largest bearing of the thing at the start, by level, rad."""
TRIES = 100
_STREAM = 0xC19C


@dataclass(frozen=True, slots=True)
class CircleGoal:
    """Walk round a thing.

    Attributes:
        thing: what to walk round, the scene's first object.
    """

    thing: Thing


def draw_circle(request: SceneRequest) -> Scene:
    """Draw a scene; words may name colour and shape.

    Raises:
        SceneError: words that no scene can hold, or no layout was found.
    """
    rng = request.rng(_STREAM)
    known = pairs_asked(request, pairs("pair" if request.new else "none"))
    wanted = known[int(rng.integers(len(known)))]
    others = [pair for pair in pairs("none") if pair != wanted]
    thing = draw_thing(rng, wanted)
    other = replace(draw_thing(rng, others[int(rng.integers(len(others)))]), x=2.4)
    for _ in range(TRIES):
        away, angle = rng.uniform(1.6, 2.0), rng.uniform(2.0, 4.3)
        x, y = float(away * math.cos(angle)), float(away * math.sin(angle))
        bearing = float(rng.uniform(-BEARINGS[request.level], BEARINGS[request.level]))
        start = (x, y, wrap(math.atan2(-y, -x) + bearing))
        objects = [as_object(thing, "target"), as_object(other, "distractor")]
        found = settle(rng, objects, start)
        if found is not None:
            placed = replace(thing, x=found[0][0].x, y=found[0][0].y, yaw=found[0][0].yaw)
            words = {"colour": thing.colour, "shape": thing.shape}
            goal = CircleGoal(placed)
            return request.scene("circle", draw_appearance(rng), found[:2], words, goal, "pair")
    raise request.no_layout("circle", TRIES)
