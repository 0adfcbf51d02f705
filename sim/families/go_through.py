"""Family go_through: pass through the gate or tunnel of the named colour and stop behind it."""

import math

from canter.sim.experts.gates import GoThroughExpert
from canter.sim.families.ending import is_over
from canter.sim.families.family import Family, Slots
from canter.sim.families.go_through_scene import goal_of, half_length, sample_go_through
from canter.sim.families.lasting import CLOCK_SLACK, Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene, to_prop, to_world
from canter.sim.families.tally import Tally
from canter.sim.tasks.go_to import STOP_SPEED, STOP_TIME, Verdict

TIME_LIMIT = 25.0
"""Time for the strict verdict, s."""
STOP_BEHIND = (0.35, 1.5)
"""Distance of the base origin behind the exit where it may stop, m."""
STOP_ASIDE = 0.8
"""Largest distance from the gate's axis there, m."""
QUARD_RANGE, QUARD_AHEAD, QUARD_TIME = 1.0, 1.0, 15.0
"""Published criterion: within 1.0 m of the place 1.0 m behind the gate at any tick of 15 s."""


class GoThroughJudge:
    """Follows one robot's episode: did it pass through the named gate alone and stop behind it?

    Args:
        scene: of the family go_through.
    """

    def __init__(self, scene: FamilyScene) -> None:
        self._gates, self._goal = scene.props, goal_of(scene)
        self._behind = to_world(scene.props[self._goal.gate], (QUARD_AHEAD, 0.0))
        self._along = [to_prop(gate, scene.start[:2])[0] for gate in scene.props]
        self._stop = Lasting(STOP_TIME)
        self._tally = Tally()
        self._passed = self._wrong = False

    def update(self, moment: Moment) -> None:
        """Take in one control step."""
        if self._tally.strict:
            return
        self._tally.note(moment)
        x, y, _ = moment.pose
        self._watch_gates((x, y))
        self._tally.distance = math.hypot(x - self._behind[0], y - self._behind[1])
        near = self._tally.distance <= QUARD_RANGE
        self._tally.quard |= near and moment.time <= QUARD_TIME + CLOCK_SLACK
        along, across = to_prop(self._gates[self._goal.gate], (x, y))
        low, high = STOP_BEHIND
        placed = low <= along - self._goal.half_length <= high and abs(across) <= STOP_ASIDE
        stopped = self._stop.update(moment.time, placed and moment.speed <= STOP_SPEED)
        in_time = moment.time <= TIME_LIMIT + CLOCK_SLACK
        clean = self._tally.clean and not self._wrong
        self._tally.strict = stopped and self._passed and clean and in_time

    def _watch_gates(self, place: tuple[float, float]) -> None:
        """Note through which gates the base passes, from entrance to exit."""
        for i, gate in enumerate(self._gates):
            along, across = to_prop(gate, place)
            inside = abs(across) < self._goal.half_opening
            if self._along[i] < half_length(gate) <= along and inside:
                self._passed |= i == self._goal.gate
                self._wrong |= i != self._goal.gate
            self._along[i] = along

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        return is_over(self._tally, TIME_LIMIT, lost=self._wrong)

    def verdict(self) -> Verdict:
        """Return how the episode went up to the last update."""
        return self._tally.verdict({"wrong_gate": self._wrong, "not_passed": not self._passed})


GO_THROUGH = Family(
    name="go_through",
    says="Pass through the gate or tunnel of the named colour and stop behind it.",
    sample=sample_go_through,
    judge=GoThroughJudge,
    expert=GoThroughExpert,
    slots=Slots(props=4, solids=3),
    time_limit=TIME_LIMIT,
)
