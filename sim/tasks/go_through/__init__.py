"""Task go_through: pass through the gate or tunnel of the named colour and stop behind it."""

import math

from canter.sim.scenes.scene import Scene, SceneCapacity, to_object_frame, to_world
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.go_through.go_through_expert import GoThroughExpert
from canter.sim.tasks.go_through.go_through_scene import draw_go_through, goal_of, half_length
from canter.sim.tasks.stopping import STOP_SPEED, STOP_TIME
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 25.0
"""Time for the strict criterion, s."""
STOP_BEHIND = (0.35, 1.5)
"""Distance of the base origin behind the exit where it may stop, m."""
STOP_ASIDE = 0.8
"""Largest distance from the gate's axis there, m."""
QUARD_RANGE, QUARD_AHEAD, QUARD_TIME = 1.0, 1.0, 15.0
"""Published criterion: within 1.0 m of the place 1.0 m behind the gate at any tick of 15 s."""


class GoThroughSuccess:
    """Follows one robot's episode: did it pass through the named gate alone and stop behind it?

    Args:
        scene: of the task go_through.
    """

    def __init__(self, scene: Scene) -> None:
        self._gates, self._goal = scene.objects, goal_of(scene)
        self._behind = to_world(scene.objects[self._goal.gate], (QUARD_AHEAD, 0.0))
        self._along = [to_object_frame(gate, scene.start[:2])[0] for gate in scene.objects]
        self._stop = DwellTimer(STOP_TIME)
        self._state = SuccessState()
        self._passed = self._wrong = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        if self._state.strict:
            return
        self._state.note(world)
        x, y, _ = world.pose
        self._watch_gates((x, y))
        self._state.distance = math.hypot(x - self._behind[0], y - self._behind[1])
        near = self._state.distance <= QUARD_RANGE
        self._state.quard |= near and world.time <= QUARD_TIME + CLOCK_SLACK
        along, across = to_object_frame(self._gates[self._goal.gate], (x, y))
        low, high = STOP_BEHIND
        placed = low <= along - self._goal.half_length <= high and abs(across) <= STOP_ASIDE
        stopped = self._stop.update(world.time, placed and world.speed <= STOP_SPEED)
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        clean = self._state.clean and not self._wrong
        self._state.strict = stopped and self._passed and clean and in_time

    def _watch_gates(self, place: tuple[float, float]) -> None:
        """Note through which gates the base passes, from entrance to exit."""
        for i, gate in enumerate(self._gates):
            along, across = to_object_frame(gate, place)
            inside = abs(across) < self._goal.half_opening
            if self._along[i] < half_length(gate) <= along and inside:
                self._passed |= i == self._goal.gate
                self._wrong |= i != self._goal.gate
            self._along[i] = along

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        return self._state.is_over(TIME_LIMIT, lost=self._wrong)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._state.result({"wrong_gate": self._wrong, "not_passed": not self._passed})


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return the gate."""
    gate = goal_of(scene).gate
    return (Referent(scene.objects[gate].name, (gate,)),)


TASK = Task(
    name="go_through",
    summary="Pass through the gate or tunnel of the named colour and stop behind it.",
    draw=draw_go_through,
    success=GoThroughSuccess,
    expert=GoThroughExpert,
    referents=referents,
    capacity=SceneCapacity(objects=4, geoms=3),
    time_limit_s=TIME_LIMIT,
    reasons={
        "wrong_gate": "went through another gate",
        "not_passed": "did not go through the gate",
    },
    quard=True,
)
