"""What happens to N robots while they are recorded: events, and when an episode is over early."""

from collections.abc import Sequence

import numpy as np

from canter.control.gait.gait_chunk import DONE
from canter.control.types import GAIT_LAYOUT
from canter.datasets.lerobot.episode import Event
from canter.sim.rollout import Rollout, Subscriber, Tick
from canter.sim.tasks.dwell_timer import CLOCK_SLACK
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState

AFTERMATH = 1.0
"""How long an episode goes on after a touch or a fall, which no strict success can follow, s."""


class EpisodeMonitor(Subscriber):
    """Notes events, and ends episodes that cannot succeed any more or last too long.

    Args:
        robots: how many.
        max_seconds: longest episode, s; None for as long as the task allows.
    """

    def __init__(self, robots: int, max_seconds: float | None = None) -> None:
        self._limit = np.inf if max_seconds is None else max_seconds
        self._events: list[list[Event]] = [[] for _ in range(robots)]
        self._noted: list[set[str]] = [set() for _ in range(robots)]
        self._hit = np.full(robots, np.inf)
        self._lost = np.full(robots, np.inf)
        self._worlds: Sequence[WorldState] = ()
        self._rollout: Rollout | None = None

    def watch(self, rollout: Rollout) -> None:
        """Name the rollout whose episodes may be ended; it tells this subscriber of itself."""
        self._rollout, self._worlds = rollout, rollout.worlds

    def events(self, robot: int) -> tuple[Event, ...]:
        """Return what happened to a robot, in the order of time."""
        return tuple(self._events[robot])

    def observed(self, tick: Tick) -> None:
        """Note which drivers say that they are done."""
        self._worlds = tick.worlds
        done = tick.chunk[:, 0, GAIT_LAYOUT["terminate"]].ravel() > DONE
        for i in map(int, np.flatnonzero(done & tick.observation.active)):
            self._note(i, "terminate")

    def stepped(self, tick: Tick) -> None:
        """Note touches and falls, and end what has lasted long enough."""
        assert self._rollout is not None
        self._worlds = tick.worlds
        for i in map(int, np.flatnonzero(self._rollout.env.active)):
            world = tick.worlds[i]
            self._note_mishaps(i, world)
            lost = world.time >= self._lost[i] + AFTERMATH
            if lost or world.time + CLOCK_SLACK >= self._limit:
                self._rollout.end(i)

    def ended(self, robot: int, result: EpisodeResult) -> None:
        """Note how an episode went."""
        if result.quard:
            self._note(robot, "quard success")
        self._note(robot, "strict success" if result.strict else f"failed: {result.reason}")

    def _note_mishaps(self, i: int, world: WorldState) -> None:
        """Note touches and falls; the checker, one step behind, tells whether they count."""
        assert self._rollout is not None
        if np.isfinite(self._hit[i]) and np.isinf(self._lost[i]):
            result = self._rollout.checkers[i].result()
            if result.touched or result.fallen:
                self._lost[i] = self._hit[i]
        self._hit[i] = world.time if world.touched or world.fallen else np.inf
        if world.touched:
            objects = self._rollout.env.scenes[i].objects
            for touched in sorted(world.touched_objects):
                self._note(i, f"touched {objects[touched].name}")
        if world.fallen:
            self._note(i, "fallen")

    def _note(self, i: int, name: str) -> None:
        """Note an event of a robot, the first time that it happens."""
        if name not in self._noted[i]:
            self._noted[i].add(name)
            self._events[i].append(Event(round(self._worlds[i].time, 3), name))
