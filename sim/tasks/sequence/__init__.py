"""Task sequence: go to one thing, pause before it, then go to another and stop there."""

import math

from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.sequence.sequence_expert import SequenceExpert
from canter.sim.tasks.sequence.sequence_scene import draw_sequence, goal_of
from canter.sim.tasks.stopping import (
    QUARD_RANGE,
    STOP_SPEED,
    STOP_TIME,
    stands_before,
)
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 40.0
"""Time for the strict criterion, s."""
PAUSE_SPEED, PAUSE_TIME = 0.15, 0.4
"""It has been at the first thing once it was slower than this before it, m/s, for this long, s."""


class SequenceSuccess:
    """Follows one robot's episode: did it go to the first thing, then stop before the second?

    QUARD has no such task; its loose verdict here: base within 1.0 m of the first, then of the
    second, in this order.

    Args:
        scene: of the task sequence.
    """

    def __init__(self, scene: Scene) -> None:
        goal = goal_of(scene)
        self._objects = goal.first.things
        (self._first,), (self._second,) = goal.first.matching, goal.second.matching
        self._pause, self._stop = DwellTimer(PAUSE_TIME), DwellTimer(STOP_TIME)
        self._before: int | None = None
        self._state = SuccessState()
        self._came_near = self._visited = self._wrong = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict:
            return
        self._state.note(world)
        x, y, _ = world.pose
        first, second = self._objects[self._first], self._objects[self._second]
        self._came_near |= _near(first, x, y)
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        self._state.quard |= self._came_near and _near(second, x, y) and in_time
        self._state.distance = nearest_surface_distance(second if self._visited else first, x, y)
        objects = enumerate(self._objects)
        at = next((i for i, o in objects if stands_before(o, world.pose)), None)
        same, self._before = at is not None and at == self._before, at
        paused = self._pause.update(world.time, same and world.speed <= PAUSE_SPEED)
        self._visited |= paused and at == self._first
        if self._stop.update(world.time, same and world.speed <= STOP_SPEED):
            self._wrong |= at != (self._second if self._visited else self._first)
            right = self._visited and at == self._second and not self._wrong
            self._state.strict = right and self._state.clean and in_time

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        return self._state.is_over(TIME_LIMIT, lost=self._wrong)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._state.result({"wrong_object": self._wrong, "not_visited": not self._visited})


def _near(thing: Thing, x: float, y: float) -> bool:
    """Tell whether a place is within the loose range of a thing."""
    return math.hypot(thing.x - x, thing.y - y) <= QUARD_RANGE


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the two things in their order."""
    goal = goal_of(scene)
    return tuple(Referent(part.name, part.matching) for part in (goal.first, goal.second))


TASK = Task(
    name="sequence",
    summary="Go to one thing, then go to another and stop there.",
    draw=draw_sequence,
    success=SequenceSuccess,
    expert=SequenceExpert,
    referents=referents,
    capacity=SceneCapacity(objects=6, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={
        "wrong_object": "stopped before another object",
        "not_visited": "did not stop before the first thing",
    },
)
