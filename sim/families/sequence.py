"""Family sequence: go to one thing, pause before it, then go to another and stop there."""

import math

from canter.sim.experts.sequence import SequenceExpert
from canter.sim.families.ending import is_over
from canter.sim.families.family import Family, Slots
from canter.sim.families.lasting import CLOCK_SLACK, Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene
from canter.sim.families.sequence_scene import goal_of, sample_sequence
from canter.sim.families.tally import Tally
from canter.sim.scenes.shapes import SceneObject, nearest_surface_distance
from canter.sim.tasks.go_to import QUARD_RANGE, STOP_SPEED, STOP_TIME, Verdict, stands_before

TIME_LIMIT = 40.0
"""Time for the strict verdict, s."""
PAUSE_SPEED, PAUSE_TIME = 0.15, 0.4
"""It has been at the first thing once it was slower than this before it, m/s, for this long, s."""


class SequenceJudge:
    """Follows one robot's episode: did it go to the first thing, then stop before the second?

    QUARD has no such family; its loose verdict here: base within 1.0 m of the first, then of the
    second, in this order.

    Args:
        scene: of the family sequence.
    """

    def __init__(self, scene: FamilyScene) -> None:
        goal = goal_of(scene)
        self._objects = goal.first.objects
        (self._first,), (self._second,) = goal.first.matching, goal.second.matching
        self._pause, self._stop = Lasting(PAUSE_TIME), Lasting(STOP_TIME)
        self._before: int | None = None
        self._tally = Tally()
        self._came_near = self._visited = self._wrong = False

    def update(self, moment: Moment) -> None:
        """Take in one control step."""
        if self._tally.strict:
            return
        self._tally.note(moment)
        x, y, _ = moment.pose
        first, second = self._objects[self._first], self._objects[self._second]
        self._came_near |= _near(first, x, y)
        in_time = moment.time <= TIME_LIMIT + CLOCK_SLACK
        self._tally.quard |= self._came_near and _near(second, x, y) and in_time
        self._tally.distance = nearest_surface_distance(second if self._visited else first, x, y)
        objects = enumerate(self._objects)
        at = next((i for i, o in objects if stands_before(o, moment.pose)), None)
        same, self._before = at is not None and at == self._before, at
        paused = self._pause.update(moment.time, same and moment.speed <= PAUSE_SPEED)
        self._visited |= paused and at == self._first
        if self._stop.update(moment.time, same and moment.speed <= STOP_SPEED):
            self._wrong |= at != (self._second if self._visited else self._first)
            right = self._visited and at == self._second and not self._wrong
            self._tally.strict = right and self._tally.clean and in_time

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        return is_over(self._tally, TIME_LIMIT, lost=self._wrong)

    def verdict(self) -> Verdict:
        """Return how the episode went up to the last update."""
        return self._tally.verdict({"wrong_object": self._wrong, "not_visited": not self._visited})


def _near(thing: SceneObject, x: float, y: float) -> bool:
    """Tell whether a place is within the loose range of a thing."""
    return math.hypot(thing.x - x, thing.y - y) <= QUARD_RANGE


SEQUENCE = Family(
    name="sequence",
    says="Go to one thing, then go to another and stop there.",
    sample=sample_sequence,
    judge=SequenceJudge,
    expert=SequenceExpert,
    slots=Slots(props=6, solids=5),
    time_limit=TIME_LIMIT,
)
