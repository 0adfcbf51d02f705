"""Family distinguish: of several boards, go to the one with the named letter or digit."""

import math

from canter.sim.experts.boards import DistinguishExpert
from canter.sim.families.distinguish_scene import HALF_THICKNESS, board_of, sample_distinguish
from canter.sim.families.ending import is_over
from canter.sim.families.family import Family, Slots
from canter.sim.families.lasting import CLOCK_SLACK, Lasting
from canter.sim.families.moment import Moment
from canter.sim.families.scene import FamilyScene, Prop, to_prop
from canter.sim.families.tally import Tally
from canter.sim.scenes.placement import Pose
from canter.sim.tasks.go_to import FACING, STOP_SPEED, STOP_TIME, Verdict

TIME_LIMIT = 25.0
"""Time for the strict verdict, s."""
STOP_RANGE = (0.35, 0.9)
"""Distance from the base origin to the face of the board where it may stop, m."""
STOP_ASIDE = 0.4
"""Largest distance from the line that stands upright on the middle of the face, m."""
QUARD_ASIDE, QUARD_FACING, QUARD_TIME = 0.2, math.radians(5.0), 20.0
"""Published criterion: aside by less than 0.2 m or heading error below 5 degrees at any tick; it
does not ask how far the board is."""


def stands_before_board(board: Prop, pose: Pose) -> bool:
    """Tell whether a robot at a pose stands before the face of a board and looks at it."""
    ahead, aside = to_prop(board, pose[:2])
    low, high = STOP_RANGE
    placed = low <= ahead - HALF_THICKNESS <= high and abs(aside) <= STOP_ASIDE
    return placed and abs(heading_error(board, pose)) <= FACING


def heading_error(board: Prop, pose: Pose) -> float:
    """Return the direction of a board's middle from the base's x axis, left positive, rad."""
    x, y, yaw = pose
    return math.remainder(math.atan2(board.y - y, board.x - x) - yaw, math.tau)


class DistinguishJudge:
    """Follows one robot's episode: did it stop before the named board?

    Args:
        scene: of the family distinguish.
    """

    def __init__(self, scene: FamilyScene) -> None:
        self._boards, self._named = scene.props, board_of(scene)
        self._stop = Lasting(STOP_TIME)
        self._before: int | None = None
        self._tally = Tally()
        self._wrong = False

    def update(self, moment: Moment) -> None:
        """Take in one control step."""
        if self._tally.strict:
            return
        self._tally.note(moment)
        named = self._boards[self._named]
        ahead, aside = to_prop(named, moment.pose[:2])
        self._tally.distance = math.hypot(ahead, aside)
        loose = abs(aside) < QUARD_ASIDE or abs(heading_error(named, moment.pose)) < QUARD_FACING
        self._tally.quard |= loose and moment.time <= QUARD_TIME + CLOCK_SLACK
        self._watch_stop(moment)

    def _watch_stop(self, moment: Moment) -> None:
        """Time how long the robot has stood before one board."""
        boards = enumerate(self._boards)
        at = next((i for i, b in boards if stands_before_board(b, moment.pose)), None)
        still = at is not None and at == self._before and moment.speed <= STOP_SPEED
        self._before = at
        if not self._stop.update(moment.time, still):
            return
        self._wrong |= at != self._named
        in_time = moment.time <= TIME_LIMIT + CLOCK_SLACK
        self._tally.strict = at == self._named and self._tally.clean and in_time

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        return is_over(self._tally, TIME_LIMIT)

    def verdict(self) -> Verdict:
        """Return how the episode went up to the last update."""
        return self._tally.verdict({"wrong_object": self._wrong})


DISTINGUISH = Family(
    name="distinguish",
    says="Of several boards, go to the one with the named letter or digit and stop before it.",
    sample=sample_distinguish,
    judge=DistinguishJudge,
    expert=DistinguishExpert,
    slots=Slots(props=4, solids=3),
    time_limit=TIME_LIMIT,
)
