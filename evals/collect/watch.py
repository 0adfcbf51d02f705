"""What happens to N robots while they are recorded: verdicts, events, and when each one ends."""

from collections.abc import Sequence

import numpy as np

from canter.datasets.lerobot.episode import Event
from canter.sim.scene_env import FamilyArena
from canter.sim.tasks.registry import family
from canter.sim.tasks.stopping import Verdict
from canter.sim.tasks.task import Judge
from canter.sim.world_state import Moment

AFTERMATH = 1.0
"""How long an episode goes on after a touch or a fall, which no strict success can follow, s."""


class Watch:
    """Judges of N robots that also note events; a robot that has ended stops for good.

    Args:
        arena: the robots.
    """

    def __init__(self, arena: FamilyArena) -> None:
        self._arena = arena
        self._judges: list[Judge] = [family(s.family).judge(s) for s in arena.scenes]
        self._events: list[list[Event]] = [[] for _ in arena.scenes]
        self._seen: list[set[str]] = [set() for _ in arena.scenes]
        self._lost = np.full(arena.n, np.inf)
        self.moments: Sequence[Moment] = arena.moments()

    def step(self) -> None:
        """Take in one control step of the robots that are active."""
        self.moments = self._arena.moments()
        for i in map(int, np.flatnonzero(self._arena.active)):
            moment, judge = self.moments[i], self._judges[i]
            judge.update(moment)
            self._note_touches(i, moment)
            verdict = judge.verdict() if moment.touched or moment.fallen else None
            if verdict is not None and (verdict.touched or verdict.fallen):
                self._lost[i] = min(self._lost[i], moment.time)
            if judge.done or moment.time >= self._lost[i] + AFTERMATH:
                self._end(i, moment)

    def note(self, i: int, name: str) -> None:
        """Note an event of robot ``i``, the first time that it happens."""
        if name not in self._seen[i]:
            self._seen[i].add(name)
            self._events[i].append(Event(round(self.moments[i].time, 3), name))

    def verdict(self, i: int) -> Verdict:
        """Return how the episode of robot ``i`` went."""
        return self._judges[i].verdict()

    def events(self, i: int) -> tuple[Event, ...]:
        """Return what happened to robot ``i``, in the order of time."""
        return tuple(self._events[i])

    def _note_touches(self, i: int, moment: Moment) -> None:
        if moment.touched:
            props = self._arena.scenes[i].props
            for prop in sorted(moment.touched_props):
                self.note(i, f"touched {props[prop].name}")
        if moment.fallen:
            self.note(i, "fallen")

    def _end(self, i: int, moment: Moment) -> None:
        verdict = self._judges[i].verdict()
        if verdict.quard:
            self.note(i, "quard success")
        self.note(i, "strict success" if verdict.strict else f"failed: {verdict.reason}")
        self._arena.active[i] = False
