"""What checkers keep of an episode."""

import numpy as np
import pytest

from canter.sim.tasks.success_state import SuccessState
from canter.sim.world_state import WorldState


def world(time: float, *, touched: bool = False, fallen: bool = False) -> WorldState:
    place, quat = np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0])
    return WorldState(time, (0.0, 0.0, 0.0), place, quat, 0.0, touched, frozenset(), fallen)


def test_a_state_names_the_first_cause_that_holds() -> None:
    state = SuccessState()
    state.note(world(0.5))
    assert state.result({"lost": True, "late": True}).reason == "lost"
    assert state.result({"lost": False}).reason == "timeout"
    state.note(world(1.0, touched=True))
    state.note(world(1.5))
    result = state.result({"lost": True})
    assert (result.reason, result.touched, result.time) == ("touched", True, 1.5)
    assert not state.clean


@pytest.mark.parametrize("touched", [False, True])
@pytest.mark.parametrize("fallen", [False, True])
@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("quard", [False, True])
@pytest.mark.parametrize("time", [9.98, 10.0])
def test_an_episode_is_over_once_no_criterion_can_change(
    touched: bool, fallen: bool, lost: bool, quard: bool, time: float
) -> None:
    """Strict is out of reach once touched or lost, quard is settled once reached."""
    state = SuccessState(quard=quard)
    state.note(world(time, touched=touched, fallen=fallen))
    strict_open = not (touched or fallen or lost)
    quard_open = not quard and not fallen
    assert state.is_over(10.0, lost=lost) is (time >= 10.0 or not (strict_open or quard_open))
    state.strict = True
    assert state.is_over(10.0, lost=lost)
