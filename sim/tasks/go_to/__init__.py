"""Task go_to: walk up to the thing that was named, stop before it and face it."""

import math

from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.go_to.go_to_expert import GoToExpert
from canter.sim.tasks.go_to.go_to_scene import (
    MAX_THINGS,
    draw_go_to,
    go_to_goal_in,
    goal_of,
)
from canter.sim.tasks.stopping import (
    QUARD_RANGE,
    QUARD_TIME,
    STOP_SPEED,
    STOP_TIME,
    stands_before,
)
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 40.0
"""Time for the strict criterion, s."""


class GoToSuccess:
    """Follows one robot's episode: did it stop before what was named?

    Args:
        scene: of the task go_to.
    """

    def __init__(self, scene: Scene) -> None:
        goal = goal_of(scene)
        self._things, self._matching = goal.things, goal.matching
        self._stop = DwellTimer(STOP_TIME)
        self._stood_at: int | None = None
        self._state = SuccessState()
        self._came_near = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict:
            return
        self._state.note(world)
        targets = [self._things[i] for i in self._matching]
        if targets:
            x, y, _ = world.pose
            self._state.distance = min(nearest_surface_distance(o, x, y) for o in targets)
            centre = min(math.hypot(o.x - x, o.y - y) for o in targets)
            self._came_near |= centre <= QUARD_RANGE
            in_time = world.time <= QUARD_TIME + CLOCK_SLACK
            self._state.quard |= centre <= QUARD_RANGE and in_time
        self._watch_stop(world)

    def _watch_stop(self, world: WorldState) -> None:
        """Time how long the robot has stood before one thing."""
        at = next((i for i, o in enumerate(self._things) if stands_before(o, world.pose)), None)
        if at is not None and at not in self._matching:
            meant = (i for i in self._matching if stands_before(self._things[i], world.pose))
            at = next(meant, at)
        still = at is not None and world.speed <= STOP_SPEED
        if not self._stop.update(world.time, still):
            return
        self._stood_at = at
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        self._state.strict = at in self._matching and in_time and self._state.clean

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        state = self._state
        if state.strict or state.time >= TIME_LIMIT:
            return True
        return not state.clean and (state.quard or state.fallen or state.time >= QUARD_TIME)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        wrong = self._stood_at is not None and self._stood_at not in self._matching
        return self._state.result({"wrong_object": wrong, "not_found": not self._came_near})


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the thing to go to."""
    goal = goal_of(scene)
    return (Referent(goal.name, goal.matching),)


TASK = Task(
    name="go_to",
    summary="Go to the thing that is named, stop before it and face it.",
    draw=draw_go_to,
    success=GoToSuccess,
    expert=GoToExpert,
    referents=referents,
    capacity=SceneCapacity(objects=MAX_THINGS, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={
        "wrong_object": "stopped before another object",
        "not_found": "did not find what was named",
    },
    quard=True,
    goal_in=go_to_goal_in,
)
