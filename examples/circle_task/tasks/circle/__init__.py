"""Task circle: walk once round the named thing and stop."""

import math

from canter.sim.planar import wrap
from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.circle.circle_expert import CircleExpert
from canter.sim.tasks.circle.circle_scene import CircleGoal, draw_circle
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.stopping import STOP_SPEED, STOP_TIME
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 30.0
NEAR = 1.2
"""What it walks of the circle counts within this distance of the surface, m."""
ROUND, LOOSE_ROUND = math.radians(350.0), math.radians(270.0)


class CircleSuccess:
    """Follows one robot's episode: did it walk round the thing?

    Args:
        scene: of the task circle.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, CircleGoal)
        self._thing = scene.goal.thing
        self._stop, self._state = DwellTimer(STOP_TIME), SuccessState()
        self._gone, self._place = 0.0, self._direction(scene.start)

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict:
            return
        self._state.note(world)
        x, y, _ = world.pose
        self._state.distance = nearest_surface_distance(self._thing, x, y)
        before, self._place = self._place, self._direction(world.pose)
        if self._state.distance <= NEAR:
            self._gone += wrap(self._place - before)
        self._state.quard |= abs(self._gone) >= LOOSE_ROUND
        stopped = self._stop.update(world.time, world.speed <= STOP_SPEED)
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        done = stopped and abs(self._gone) >= ROUND
        self._state.strict = done and self._state.clean and in_time

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        return self._state.is_over(TIME_LIMIT)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._state.result({"not_round": abs(self._gone) < ROUND})

    def _direction(self, pose: tuple[float, float, float]) -> float:
        return math.atan2(pose[1] - self._thing.y, pose[0] - self._thing.x)


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the thing to walk round."""
    return (Referent(scene.objects[0].name, (0,)),)


TASK = Task(
    name="circle",
    summary="Walk once round the named thing and stop.",
    draw=draw_circle,
    success=CircleSuccess,
    expert=CircleExpert,
    referents=referents,
    capacity=SceneCapacity(objects=2, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={"not_round": "did not walk once round it"},
)
