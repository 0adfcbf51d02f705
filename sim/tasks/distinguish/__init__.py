"""Task distinguish: of several boards, go to the one with the named letter or digit."""

import math

from canter.sim.planar import Pose
from canter.sim.scenes.scene import Scene, SceneCapacity, SceneObject, to_object_frame
from canter.sim.tasks.distinguish.distinguish_expert import DistinguishExpert
from canter.sim.tasks.distinguish.distinguish_scene import (
    HALF_THICKNESS,
    board_of,
    draw_distinguish,
)
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.stopping import FACING, STOP_SPEED, STOP_TIME
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 25.0
"""Time for the strict criterion, s."""
STOP_RANGE = (0.35, 0.9)
"""Distance from the base origin to the face of the board where it may stop, m."""
STOP_ASIDE = 0.4
"""Largest distance from the line that stands upright on the middle of the face, m."""
QUARD_ASIDE, QUARD_FACING, QUARD_TIME = 0.2, math.radians(5.0), 20.0
"""Published criterion: aside by less than 0.2 m or heading error below 5 degrees at any tick; it
does not ask how far the board is."""


def stands_before_board(board: SceneObject, pose: Pose) -> bool:
    """Tell whether a robot at a pose stands before the face of a board and looks at it."""
    ahead, aside = to_object_frame(board, pose[:2])
    low, high = STOP_RANGE
    placed = low <= ahead - HALF_THICKNESS <= high and abs(aside) <= STOP_ASIDE
    return placed and abs(heading_error(board, pose)) <= FACING


def heading_error(board: SceneObject, pose: Pose) -> float:
    """Return the direction of a board's middle from the base's x axis, left positive, rad."""
    x, y, yaw = pose
    return math.remainder(math.atan2(board.y - y, board.x - x) - yaw, math.tau)


class DistinguishSuccess:
    """Follows one robot's episode: did it stop before the named board?

    Args:
        scene: of the task distinguish.
    """

    def __init__(self, scene: Scene) -> None:
        self._boards, self._named = scene.objects, board_of(scene)
        self._stop = DwellTimer(STOP_TIME)
        self._before: int | None = None
        self._state = SuccessState()
        self._wrong = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict:
            return
        self._state.note(world)
        named = self._boards[self._named]
        ahead, aside = to_object_frame(named, world.pose[:2])
        self._state.distance = math.hypot(ahead, aside)
        loose = abs(aside) < QUARD_ASIDE or abs(heading_error(named, world.pose)) < QUARD_FACING
        self._state.quard |= loose and world.time <= QUARD_TIME + CLOCK_SLACK
        self._watch_stop(world)

    def _watch_stop(self, world: WorldState) -> None:
        """Time how long the robot has stood before one board."""
        boards = enumerate(self._boards)
        at = next((i for i, b in boards if stands_before_board(b, world.pose)), None)
        still = at is not None and at == self._before and world.speed <= STOP_SPEED
        self._before = at
        if not self._stop.update(world.time, still):
            return
        self._wrong |= at != self._named
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        self._state.strict = at == self._named and self._state.clean and in_time

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        return self._state.is_over(TIME_LIMIT)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._state.result({"wrong_object": self._wrong})


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the board."""
    board = board_of(scene)
    return (Referent(scene.objects[board].name, (board,)),)


TASK = Task(
    name="distinguish",
    summary="Of several boards, go to the one with the named letter or digit and stop before it.",
    draw=draw_distinguish,
    success=DistinguishSuccess,
    expert=DistinguishExpert,
    referents=referents,
    capacity=SceneCapacity(objects=4, geoms=3),
    time_limit_s=TIME_LIMIT,
    reasons={
        "wrong_object": "stopped before another board",
    },
    quard=True,
)
