"""Places that no sentence names, reached by arrows that a scripted brain chooses."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from canter.control.locomotion import LocomotionPolicy
from canter.evals.brain.scripted_server import MODEL, Reply, ScriptedServer, completion
from canter.evals.brain.yard_run import CAMERA, YardRun
from canter.sim.planar import Point
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.placed_things import things_in
from canter.sim.scenes.placement import OBJECT_HALF
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.yard import YardWish, draw_yard
from canter.vla.brain.address import read_address
from canter.vla.brain.chat import ChatClient
from canter.vla.brain.dead_reckoning import from_here
from canter.vla.brain.ground_view import GroundView
from canter.vla.brain.pivot import BEST, WayChooser, on_floor
from canter.vla.brain.thinking import Thinker
from canter.vla.brain.way_search import WaySearch
from canter.vla.brain.way_walk import WayWalk

FAR: Final = (1.2, 3.0)
"""Range of the distance of a goal from the start, m."""
ROOM: Final = 0.8
"""Least room about a goal and about the straight way to it, m: arrows avoid nothing."""
THERE: Final = 0.5
"""Distance at which the scripted brain takes the robot to be there, m."""
MOST_PICTURES: Final = 600
TRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class WayTrial:
    """How a goal was reached by arrows.

    Attributes:
        seed: of yard and goal.
        far: distance of the goal from the start, m.
        bearing: of the goal at the start, rad.
        left: distance at the end, m.
        done: the errand says so, and the robot is within THERE and a tenth of a metre.
        seconds: of simulation.
        touched: whether it touched anything.
    """

    seed: int
    far: float
    bearing: float
    left: float
    done: bool
    seconds: float
    touched: bool


def draw_goal(scene: Scene, rng: np.random.Generator) -> Point | None:
    """Return a place with a free straight way to it; None where there is none."""
    x, y, _ = scene.start
    things = things_in(scene).values()
    for _ in range(TRIES):
        way, far = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(*FAR))
        goal = x + far * math.cos(way), y + far * math.sin(way)
        along = [(x + s * (goal[0] - x), y + s * (goal[1] - y)) for s in np.linspace(0, 1, 8)]
        free = all(nearest_surface_distance(t, *place) > ROOM for t in things for place in along)
        if free and max(map(abs, goal)) < OBJECT_HALF:
            return goal
    return None


def run_way(seed: int, gait: LocomotionPolicy) -> WayTrial | None:
    """Reach one goal; None where the yard has no free place."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0xA770]))
    scene = draw_yard(seed, YardWish())
    goal = draw_goal(scene, rng)
    if goal is None:
        return None
    with SceneEnv([scene], camera=CAMERA, robot=gait.spec) as env:
        gait.reset()
        run = YardRun(env, gait)

        def script(purpose: str, body: dict[str, Any]) -> Reply:
            del purpose, body
            place = from_here(env.world_states()[0].pose, goal)
            ends = [math.dist(on_floor(way), place) for way in chooser.ways]
            best = [int(i) + 1 for i in np.argsort(ends)[:BEST]]
            return completion({"best": best, "arrived": math.hypot(*place) < THERE})

        with ScriptedServer(script) as server:
            client = ChatClient(read_address(server.address), MODEL)
            view = GroundView.of(env.robot, CAMERA)
            chooser, walk = WayChooser(client, view, CAMERA.period, seed), WayWalk(CAMERA.period)
            with Thinker(client) as thinker:
                run.errand = search = WaySearch(
                    "there", chooser.choose, thinker.begin, run.robot, walk, ask=False
                )
                run.until(lambda: search.over, MOST_PICTURES)
        x, y, _ = env.world_states()[0].pose
        left = math.dist((x, y), goal)
        place = from_here(scene.start, goal)
        return WayTrial(
            seed=seed,
            far=math.hypot(*place),
            bearing=math.atan2(place[1], place[0]),
            left=left,
            done=search.record.stage.value == "done" and left < THERE + 0.1,
            seconds=float(env.times()[0]),
            touched=run.motion.touched,
        )
