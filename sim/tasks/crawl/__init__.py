"""Task crawl: under the named bar, lower than the standing robot, to the thing behind it."""

import math

from canter.sim.scenes.scene import Scene, SceneCapacity, to_world
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.crawl.crawl_expert import CrawlExpert
from canter.sim.tasks.crawl.crawl_scene import (
    CrawlGoal,
    along_and_across,
    crawl_goal_in,
    draw_crawl,
)
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.stopping import STOP_SPEED, STOP_TIME, stands_before
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 20.0
"""Time for the strict criterion, s."""
RISEN = 0.05
"""A base lower than its standing height by more than this at the end has not risen again, m."""
QUARD_RANGE, QUARD_AHEAD, QUARD_TIME = 1.0, 1.5, 20.0
"""Published criterion: within 1.0 m of the place 1.5 m behind the bar at any tick of 20 s."""


class CrawlSuccess:
    """Follows one robot's episode: did it pass under the bar, rise and stop before the thing?

    Args:
        scene: of the task crawl.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, CrawlGoal)
        self._scene, self._goal = scene, scene.goal
        self._behind = to_world(scene.objects[scene.goal.bar], (QUARD_AHEAD, 0.0))
        self._stop = DwellTimer(STOP_TIME)
        x, y, _ = scene.start
        self._along, _ = along_and_across(scene, (x, y))
        self._state = SuccessState()
        self._passed = self._astray = self._low = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict:
            return
        self._state.note(world)
        x, y, _ = world.pose
        self._watch_bar((x, y))
        near = math.hypot(x - self._behind[0], y - self._behind[1]) <= QUARD_RANGE
        self._state.quard |= near and world.time <= QUARD_TIME + CLOCK_SLACK
        self._state.distance = nearest_surface_distance(self._goal.thing, x, y)
        placed = stands_before(self._goal.thing, world.pose)
        stopped = self._stop.update(world.time, placed and world.speed <= STOP_SPEED)
        self._low = stopped and float(world.position_w[2]) < world.standing_height - RISEN
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        clean = self._state.clean and not self._low
        self._state.strict = stopped and self._passed and clean and in_time

    def _watch_bar(self, place: tuple[float, float]) -> None:
        """Note where the base crosses the line of the bar."""
        along, across = along_and_across(self._scene, place)
        if self._along < 0.0 <= along:
            between = abs(across) < self._goal.half_opening
            self._passed |= between
            self._astray |= not between
        self._along = along

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        if self._state.strict or self._state.time >= TIME_LIMIT:
            return True
        return self._state.fallen or (self._state.touched and self._state.quard)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._state.result(
            {
                "wrong_bar": self._astray and not self._passed,
                "not_passed": not self._passed,
                "low": self._low,
            }
        )


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the bar and the thing behind it."""
    assert isinstance(scene.goal, CrawlGoal)
    bar, thing = scene.goal.bar, scene.indices("target")
    return Referent(scene.objects[bar].name, (bar,)), Referent(scene.goal.thing.name, thing)


TASK = Task(
    name="crawl",
    summary="Pass under the named bar, lower than the standing robot, to the thing behind it.",
    draw=draw_crawl,
    success=CrawlSuccess,
    expert=CrawlExpert,
    referents=referents,
    capacity=SceneCapacity(objects=4, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={
        "wrong_bar": "passed beside the bar, not under it",
        "not_passed": "did not pass under the bar",
        "low": "did not rise again behind the bar",
    },
    quard=True,
    goal_in=crawl_goal_in,
)
