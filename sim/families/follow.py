"""Family follow: keep behind a moving ball, and stop behind it when it stops."""

import math

from canter.sim.experts.follow import FollowExpert
from canter.sim.experts.walking import bearing
from canter.sim.families.family import Family, Slots
from canter.sim.families.follow_scene import FollowGoal, sample_follow
from canter.sim.families.lasting import CLOCK_SLACK, Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene
from canter.sim.families.tally import Tally
from canter.sim.tasks.go_to import FACING, STOP_SPEED, STOP_TIME, Verdict

TIME_LIMIT = 15.0
"""Time for the strict verdict, s."""
KEEP_RANGE = (0.5, 2.0)
"""Distance from the base origin to the ball's centre that must hold all the way, m."""
STOP_RANGE = (0.5, 1.3)
"""The same, where the robot stops, m."""
QUARD_RANGE = 1.0
"""Loose criterion, own design after that of go to: within 1.0 m of the ball once it has stopped."""


class FollowJudge:
    """Follows one robot's episode: did it keep its distance, and stop behind the ball?

    Args:
        scene: of the family follow.
    """

    def __init__(self, scene: FamilyScene) -> None:
        assert isinstance(scene.goal, FollowGoal)
        self._stops = scene.goal.stops
        self._stop = Lasting(STOP_TIME)
        self._tally = Tally()
        self._too_near = self._behind = False

    def update(self, moment: Moment) -> None:
        """Take in one control step."""
        if self._tally.strict or moment.ball_w is None:
            return
        self._tally.note(moment)
        x, y, _ = (float(v) for v in moment.ball_w)
        self._tally.distance = math.dist(moment.pose[:2], (x, y))
        self._too_near |= self._tally.distance < KEEP_RANGE[0]
        self._behind |= self._tally.distance > KEEP_RANGE[1]
        over = moment.time >= self._stops - CLOCK_SLACK
        self._tally.quard |= over and self._tally.distance <= QUARD_RANGE
        facing = abs(bearing(moment.pose, (x, y))) <= FACING
        placed = over and facing and STOP_RANGE[0] <= self._tally.distance <= STOP_RANGE[1]
        stopped = self._stop.update(moment.time, placed and moment.speed <= STOP_SPEED)
        clean = self._tally.clean and not (self._too_near or self._behind)
        self._tally.strict = stopped and clean and moment.time <= TIME_LIMIT + CLOCK_SLACK

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        if self._tally.strict or self._tally.time >= TIME_LIMIT or self._tally.fallen:
            return True
        spoilt = self._tally.touched or self._too_near or self._behind
        return spoilt and self._tally.quard

    def verdict(self) -> Verdict:
        """Return how the episode went up to the last update."""
        return self._tally.verdict({"too_near": self._too_near, "left_behind": self._behind})


FOLLOW = Family(
    name="follow",
    says="Stay behind a moving ball, and stop behind it when it stops.",
    sample=sample_follow,
    judge=FollowJudge,
    expert=FollowExpert,
    slots=Slots(props=3, solids=5),
    time_limit=TIME_LIMIT,
)
