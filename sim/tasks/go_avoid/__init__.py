"""Task go_avoid: go to the named thing and touch none of the obstacles between."""

from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.go_avoid.go_avoid_expert import GoAvoidExpert
from canter.sim.tasks.go_avoid.go_avoid_scene import draw_go_avoid, goal_of
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

TIME_LIMIT = 30.0
"""Time for the strict criterion, s."""


class GoAvoidSuccess:
    """Follows one robot's episode: did it reach the target without a touch and stop there?

    Args:
        scene: of the task go_avoid.
    """

    def __init__(self, scene: Scene) -> None:
        self._thing = goal_of(scene).thing
        self._stop = DwellTimer(STOP_TIME)
        self._state = SuccessState()

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict:
            return
        self._state.note(world)
        x, y, _ = world.pose
        near = (self._thing.x - x) ** 2 + (self._thing.y - y) ** 2 <= QUARD_RANGE**2
        self._state.quard |= near and world.time <= QUARD_TIME + CLOCK_SLACK
        self._state.distance = nearest_surface_distance(self._thing, x, y)
        placed = stands_before(self._thing, world.pose) and world.speed <= STOP_SPEED
        stopped = self._stop.update(world.time, placed)
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        self._state.strict = stopped and self._state.clean and in_time

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        return self._state.is_over(TIME_LIMIT)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._state.result({"not_found": not self._state.quard})


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the thing to go to."""
    return (Referent(goal_of(scene).thing.name, (0,)),)


TASK = Task(
    name="go_avoid",
    summary="Go to the named thing and touch none of the obstacles between.",
    draw=draw_go_avoid,
    success=GoAvoidSuccess,
    expert=GoAvoidExpert,
    referents=referents,
    capacity=SceneCapacity(objects=7, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={
        "not_found": "did not come near what was named",
    },
    quard=True,
)
