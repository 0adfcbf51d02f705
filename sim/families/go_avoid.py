"""Family go_avoid: go to the named thing and touch none of the obstacles between."""

from canter.sim.experts.go_avoid import GoAvoidExpert
from canter.sim.families.ending import is_over
from canter.sim.families.family import Family, Slots
from canter.sim.families.go_avoid_scene import goal_of, sample_go_avoid
from canter.sim.families.lasting import CLOCK_SLACK, Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene
from canter.sim.families.tally import Tally
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.go_to import (
    QUARD_RANGE,
    QUARD_TIME,
    STOP_SPEED,
    STOP_TIME,
    Verdict,
    stands_before,
)

TIME_LIMIT = 30.0
"""Time for the strict verdict, s."""


class GoAvoidJudge:
    """Follows one robot's episode: did it reach the target without a touch and stop there?

    Args:
        scene: of the family go_avoid.
    """

    def __init__(self, scene: FamilyScene) -> None:
        self._thing = goal_of(scene).thing
        self._stop = Lasting(STOP_TIME)
        self._tally = Tally()

    def update(self, moment: Moment) -> None:
        """Take in one control step."""
        if self._tally.strict:
            return
        self._tally.note(moment)
        x, y, _ = moment.pose
        near = (self._thing.x - x) ** 2 + (self._thing.y - y) ** 2 <= QUARD_RANGE**2
        self._tally.quard |= near and moment.time <= QUARD_TIME + CLOCK_SLACK
        self._tally.distance = nearest_surface_distance(self._thing, x, y)
        placed = stands_before(self._thing, moment.pose) and moment.speed <= STOP_SPEED
        stopped = self._stop.update(moment.time, placed)
        in_time = moment.time <= TIME_LIMIT + CLOCK_SLACK
        self._tally.strict = stopped and self._tally.clean and in_time

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        return is_over(self._tally, TIME_LIMIT)

    def verdict(self) -> Verdict:
        """Return how the episode went up to the last update."""
        return self._tally.verdict({"not_found": not self._tally.quard})


GO_AVOID = Family(
    name="go_avoid",
    says="Go to the named thing and touch none of the obstacles between.",
    sample=sample_go_avoid,
    judge=GoAvoidJudge,
    expert=GoAvoidExpert,
    slots=Slots(props=7, solids=5),
    time_limit=TIME_LIMIT,
)
