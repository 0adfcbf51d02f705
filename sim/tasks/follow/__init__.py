"""Task follow: keep behind a moving ball, and stop behind it when it stops."""

import math

from canter.sim.experts.walking import bearing
from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.follow.follow_expert import FollowExpert
from canter.sim.tasks.follow.follow_scene import FollowGoal, draw_follow
from canter.sim.tasks.stopping import FACING, STOP_SPEED, STOP_TIME
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 15.0
"""Time for the strict criterion, s."""
KEEP_RANGE = (0.5, 2.0)
"""Distance from the base origin to the ball's centre that must hold all the way, m."""
STOP_RANGE = (0.5, 1.3)
"""The same, where the robot stops, m."""
QUARD_RANGE = 1.0
"""Loose criterion, own design after that of go to: within 1.0 m of the ball once it has stopped."""


class FollowSuccess:
    """Follows one robot's episode: did it keep its distance, and stop behind the ball?

    Args:
        scene: of the task follow.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, FollowGoal)
        self._stops = scene.goal.stops
        self._stop = DwellTimer(STOP_TIME)
        self._state = SuccessState()
        self._too_near = self._behind = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict or world.ball_w is None:
            return
        self._state.note(world)
        x, y, _ = (float(v) for v in world.ball_w)
        self._state.distance = math.dist(world.pose[:2], (x, y))
        self._too_near |= self._state.distance < KEEP_RANGE[0]
        self._behind |= self._state.distance > KEEP_RANGE[1]
        over = world.time >= self._stops - CLOCK_SLACK
        self._state.quard |= over and self._state.distance <= QUARD_RANGE
        facing = abs(bearing(world.pose, (x, y))) <= FACING
        placed = over and facing and STOP_RANGE[0] <= self._state.distance <= STOP_RANGE[1]
        stopped = self._stop.update(world.time, placed and world.speed <= STOP_SPEED)
        clean = self._state.clean and not (self._too_near or self._behind)
        self._state.strict = stopped and clean and world.time <= TIME_LIMIT + CLOCK_SLACK

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        if self._state.strict or self._state.time >= TIME_LIMIT or self._state.fallen:
            return True
        spoilt = self._state.touched or self._too_near or self._behind
        return spoilt and self._state.quard

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._state.result({"too_near": self._too_near, "left_behind": self._behind})


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the ball."""
    ((_, colour),) = scene.words
    return (Referent(f"{colour} ball"),)


TASK = Task(
    name="follow",
    summary="Stay behind a moving ball, and stop behind it when it stops.",
    draw=draw_follow,
    success=FollowSuccess,
    expert=FollowExpert,
    referents=referents,
    capacity=SceneCapacity(objects=3, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={
        "too_near": "came too near to the ball",
        "left_behind": "fell behind the ball",
    },
)
