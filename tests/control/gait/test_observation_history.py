"""The memory against lists that are never cut short."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.gait.observation import ObservationTerm, observe
from canter.control.gait.observation_history import ObservationHistory

ROBOTS, LONG, SHORT = 3, 5, 2
TERMS = (
    ObservationTerm("q", 2, "joint", "rad", history=LONG),
    ObservationTerm("command", 3, "base", "m/s"),
    ObservationTerm("gyro", 1, "base", "rad/s", history=SHORT),
)


def naive(frames: list[np.ndarray], history: int) -> np.ndarray:
    """Return the last frames, the first one repeated where there are too few."""
    return np.concatenate([frames[max(i, 0)] for i in range(len(frames) - history, len(frames))])


@given(st.integers(0, 99), st.lists(st.sets(st.integers(0, ROBOTS - 1)), min_size=1, max_size=12))
@settings(deadline=None)
def test_every_robot_sees_its_last_frames(seed: int, resets: list[set[int]]) -> None:
    rng = np.random.default_rng(seed)
    memory = ObservationHistory(TERMS, ROBOTS)
    past: list[list[dict[str, np.ndarray]]] = [[] for _ in range(ROBOTS)]
    for robots in resets:
        memory.reset(np.isin(np.arange(ROBOTS), list(robots)))
        for robot in robots:
            past[robot] = []
        values = {t.name: rng.normal(size=(ROBOTS, t.width)).astype(np.float32) for t in TERMS}
        memory.stacked({name: value + 1 for name, value in values.items()})  # leaves no trace
        stacked = memory.stacked(values)
        memory.push(values)
        for robot in range(ROBOTS):
            past[robot].append({name: value[robot] for name, value in values.items()})
            for term in TERMS:
                frames = [frame[term.name] for frame in past[robot]]
                expected = naive(frames, term.history)
                np.testing.assert_array_equal(stacked[term.name][robot], expected)
        assert observe(TERMS, stacked).shape == (ROBOTS, 2 * LONG + 3 + SHORT)


def test_terms_without_a_past_are_handed_on() -> None:
    value = np.ones((ROBOTS, 3))
    memory = ObservationHistory(TERMS[1:2], ROBOTS)
    assert memory.stacked({"command": value})["command"] is value
