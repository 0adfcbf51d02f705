"""When an episode that cannot succeed any more is over, and what is noted on the way."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from canter.rl.collection.episode_monitor import AFTERMATH, EpisodeMonitor
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import Rollout, Tick
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState

FINE = EpisodeResult(False, True, "never stopped", 0.0, 1.0, touched=False, fallen=False)


class FakeRollout:
    """Two robots beside a red ball; the checker tells that the first has touched it."""

    def __init__(self, *, counts: bool = True) -> None:
        self.ended: dict[int, float] = {}
        self.env = SimpleNamespace(
            active=np.ones(2, bool),
            scenes=[SimpleNamespace(objects=[SimpleNamespace(name="red ball")])] * 2,
        )
        touched = EpisodeResult(False, False, "touched", 0.0, 1.0, touched=counts, fallen=False)
        self.checkers = [
            SimpleNamespace(result=lambda: touched),
            SimpleNamespace(result=lambda: FINE),
        ]
        self.worlds: list[WorldState] = [world(0.0)] * 2
        self.now = 0.0

    def end(self, robot: int) -> None:
        self.ended[robot] = self.now
        self.env.active[robot] = False

    def run(self, monitor: EpisodeMonitor, seconds: float, touch_at: float) -> None:
        """Step both robots; the first touches the ball for one step."""
        monitor.watch(cast(Rollout, self))
        for step in range(1, round(seconds / CONTROL_PERIOD) + 1):
            self.now = round(step * CONTROL_PERIOD, 3)
            touches = self.now == pytest.approx(touch_at)
            worlds = [world(self.now, touches), world(self.now)]
            monitor.stepped(cast(Tick, SimpleNamespace(worlds=worlds)))


def world(time: float, touches: bool = False) -> WorldState:
    nowhere: Any = np.zeros(3)
    objects = frozenset({0}) if touches else frozenset[int]()
    return WorldState(time, (0.0, 0.0, 0.0), nowhere, nowhere, 0.0, touches, objects, False)


def test_an_episode_goes_on_for_a_second_after_a_touch() -> None:
    rollout, monitor = FakeRollout(), EpisodeMonitor(2)
    rollout.run(monitor, 4.0, touch_at=1.0)
    assert rollout.ended == {0: pytest.approx(1.0 + AFTERMATH)}
    assert [(event.time, event.name) for event in monitor.events(0)] == [(1.0, "touched red ball")]
    assert monitor.events(1) == ()


def test_a_touch_that_does_not_count_ends_nothing() -> None:
    rollout, monitor = FakeRollout(counts=False), EpisodeMonitor(2)
    rollout.run(monitor, 4.0, touch_at=1.0)
    assert rollout.ended == {}


def test_no_episode_is_longer_than_was_asked_for() -> None:
    rollout, monitor = FakeRollout(), EpisodeMonitor(2, max_seconds=1.5)
    rollout.run(monitor, 4.0, touch_at=1.0)
    assert rollout.ended == {0: pytest.approx(1.5), 1: pytest.approx(1.5)}


def test_the_end_is_noted_with_its_reason() -> None:
    rollout, monitor = FakeRollout(), EpisodeMonitor(2)
    monitor.watch(cast(Rollout, rollout))
    monitor.ended(1, FINE)
    assert [e.name for e in monitor.events(1)] == ["quard success", "failed: never stopped"]
