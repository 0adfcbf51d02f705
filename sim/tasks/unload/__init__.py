"""Task unload: tip the ball that rides on the back into the named bin."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.tasks.unload.unload_expert import UnloadExpert
from canter.sim.tasks.unload.unload_scene import (
    BALL_RADIUS,
    UnloadGoal,
    distance_to,
    draw_unload,
    holds,
)
from canter.sim.world_state import WorldState

TIME_LIMIT = 30.0
"""Time for the strict criterion, s."""
REST_TIME = 0.5
"""The ball must lie in the bin for this long, s ..."""
REST_SPEED = 0.1
"""... and be slower than this, m/s."""
QUARD_RANGE, QUARD_TIME = 0.10, 15.0
"""Published criterion: ball to bin less than 0.10 m at any tick of 15 s; here, to the bin's box."""


class UnloadSuccess:
    """Follows one robot's episode: where does the ball come to rest?

    Args:
        scene: of the task unload.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, UnloadGoal)
        self._props, self._goal = scene.objects, scene.goal
        self._named = scene.objects[scene.goal.bin]
        self._rest = DwellTimer(REST_TIME)
        self._last: tuple[float, NDArray[np.float64]] | None = None
        self._state = SuccessState()
        self._wrong = self._lost = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        ball = world.ball_w
        if self._state.strict or ball is None:
            return
        self._state.note(world)
        self._state.distance = distance_to(self._named, ball)
        in_quard_time = world.time <= QUARD_TIME + CLOCK_SLACK
        self._state.quard |= self._state.distance < QUARD_RANGE and in_quard_time
        within = [holds(item, ball) for item in self._props]
        self._wrong |= any(within) and not within[self._goal.bin]
        self._lost |= not any(within) and float(ball[2]) < 2 * BALL_RADIUS
        slow = self._ball_speed(world.time, ball) <= REST_SPEED
        rests = self._rest.update(world.time, within[self._goal.bin] and slow)
        clean = self._state.clean and not (self._wrong or self._lost)
        self._state.strict = rests and clean and world.time <= TIME_LIMIT + CLOCK_SLACK

    def _ball_speed(self, time: float, ball: NDArray[np.float64]) -> float:
        """Return the ball's speed since the last control step, m/s."""
        last, self._last = self._last, (time, ball)
        if last is None or time <= last[0]:
            return math.inf
        return math.dist(ball, last[1]) / (time - last[0])

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        if self._state.strict or self._state.time >= TIME_LIMIT or self._state.fallen:
            return True
        spoilt = self._state.touched or self._wrong or self._lost
        return spoilt and (self._state.quard or self._state.time >= QUARD_TIME)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update; the distance is the ball's."""
        return self._state.result({"wrong_bin": self._wrong, "lost": self._lost})


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the bin."""
    assert isinstance(scene.goal, UnloadGoal)
    named = scene.goal.bin
    return (Referent(scene.objects[named].name, (named,)),)


TASK = Task(
    name="unload",
    summary="Tip the ball that rides on the back into the named bin.",
    draw=draw_unload,
    success=UnloadSuccess,
    expert=UnloadExpert,
    referents=referents,
    capacity=SceneCapacity(objects=4, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={
        "wrong_bin": "tipped the ball into another bin",
        "lost": "lost the ball",
    },
    quard=True,
)
