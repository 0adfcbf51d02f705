"""The physics' stamps against the grid, whatever the machine does meanwhile."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.ros_nodes.simulator.physics_pace import CATCH_UP, ClockOffset, PhysicsPace
from tests.control.fake_time import FakeTime

STEP_S = 2**-9  # near 2 ms and exact in binary
EPOCH_S = 1.7e9 - 100.0


def stamps(work: list[float], rate: float = 1.0) -> tuple[list[float], list[int], list[float]]:
    """Return the stamp of every state, the ticks that slipped before it, the time of its making."""
    fake = FakeTime()
    pace = PhysicsPace(STEP_S, rate, lambda: EPOCH_S + fake.time, fake.now, fake.pass_time)
    given_, slips, made = [], [], []
    for seconds in work:
        fake.pass_time(seconds)
        due = pace.wait()
        given_ += [due.stamp(left) for left in reversed(range(due.steps))]
        slips += [due.slipped] + [0] * (due.steps - 1)
        made += [EPOCH_S + fake.time] * due.steps
    return given_, slips, made


@given(st.lists(st.floats(0.0, 0.03), min_size=1, max_size=60), st.sampled_from([0.5, 1.0, 2.0]))
def test_states_lie_as_far_apart_as_their_stamps_and_never_in_the_future(
    work: list[float], rate: float
) -> None:
    """Where time slipped they lie farther apart, by just that; a tick has `rate` steps."""
    given_, slips, made = stamps(work, rate)
    step = STEP_S / rate
    ticks = np.array(slips[1:]) * max(1.0, rate)
    np.testing.assert_allclose(np.diff(given_), step * (1 + ticks), atol=1e-6)
    assert (np.array(given_) <= np.array(made) + 1e-6).all()


def test_a_late_tick_makes_up_for_a_few_and_loses_the_rest() -> None:
    given_, slips, made = stamps([0.0, (CATCH_UP + 3.5) * STEP_S])
    assert slips == [0, 2, 0, 0, 0, 0, 0]
    assert made[-1] - given_[-1] == pytest.approx(0.5 * STEP_S, abs=1e-6)


def test_an_offset_follows_only_what_readings_prove() -> None:
    """A reading that took 5 ms moves nothing; a clock that was set moves it at once."""
    base = FakeTime()
    ahead, slow = [1000.0], [0.0]

    def reading() -> float:
        base.pass_time(slow[0])
        return base.now() + ahead[0]

    offset = ClockOffset(reading, base.now)
    assert offset.now() == 1000.0
    slow[0] = 0.005
    assert offset.now() == pytest.approx(1000.0)
    slow[0], ahead[0] = 0.0, 1000.1
    assert offset.now() == pytest.approx(1000.1)
