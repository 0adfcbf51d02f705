"""Family unload: tip the ball that rides on the back into the named bin."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.unload import UnloadExpert
from canter.sim.families.family import Family, Slots
from canter.sim.families.lasting import CLOCK_SLACK, Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene
from canter.sim.families.tally import Tally
from canter.sim.families.unload_scene import (
    BALL_RADIUS,
    UnloadGoal,
    distance_to,
    holds,
    sample_unload,
)
from canter.sim.tasks.go_to import Verdict

TIME_LIMIT = 30.0
"""Time for the strict verdict, s."""
REST_TIME = 0.5
"""The ball must lie in the bin for this long, s ..."""
REST_SPEED = 0.1
"""... and be slower than this, m/s."""
QUARD_RANGE, QUARD_TIME = 0.10, 15.0
"""Published criterion: ball to bin less than 0.10 m at any tick of 15 s; here, to the bin's box."""


class UnloadJudge:
    """Follows one robot's episode: where does the ball come to rest?

    Args:
        scene: of the family unload.
    """

    def __init__(self, scene: FamilyScene) -> None:
        assert isinstance(scene.goal, UnloadGoal)
        self._props, self._goal = scene.props, scene.goal
        self._named = scene.props[scene.goal.bin]
        self._rest = Lasting(REST_TIME)
        self._last: tuple[float, NDArray[np.float64]] | None = None
        self._tally = Tally()
        self._wrong = self._lost = False

    def update(self, moment: Moment) -> None:
        """Take in one control step."""
        ball = moment.ball_w
        if self._tally.strict or ball is None:
            return
        self._tally.note(moment)
        self._tally.distance = distance_to(self._named, ball)
        in_quard_time = moment.time <= QUARD_TIME + CLOCK_SLACK
        self._tally.quard |= self._tally.distance < QUARD_RANGE and in_quard_time
        within = [holds(prop, ball) for prop in self._props]
        self._wrong |= any(within) and not within[self._goal.bin]
        self._lost |= not any(within) and float(ball[2]) < 2 * BALL_RADIUS
        slow = self._ball_speed(moment.time, ball) <= REST_SPEED
        rests = self._rest.update(moment.time, within[self._goal.bin] and slow)
        clean = self._tally.clean and not (self._wrong or self._lost)
        self._tally.strict = rests and clean and moment.time <= TIME_LIMIT + CLOCK_SLACK

    def _ball_speed(self, time: float, ball: NDArray[np.float64]) -> float:
        """Return the ball's speed since the last control step, m/s."""
        last, self._last = self._last, (time, ball)
        if last is None or time <= last[0]:
            return math.inf
        return math.dist(ball, last[1]) / (time - last[0])

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        if self._tally.strict or self._tally.time >= TIME_LIMIT or self._tally.fallen:
            return True
        spoilt = self._tally.touched or self._wrong or self._lost
        return spoilt and (self._tally.quard or self._tally.time >= QUARD_TIME)

    def verdict(self) -> Verdict:
        """Return how the episode went up to the last update; the distance is the ball's."""
        return self._tally.verdict({"wrong_bin": self._wrong, "lost": self._lost})


UNLOAD = Family(
    name="unload",
    says="Tip the ball that rides on the back into the named bin.",
    sample=sample_unload,
    judge=UnloadJudge,
    expert=UnloadExpert,
    slots=Slots(props=4, solids=5),
    time_limit=TIME_LIMIT,
)
