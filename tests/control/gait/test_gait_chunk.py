"""Chunks against the drive of the simulation, which executes the same chunks step by step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import CHUNK_VALID_S, GaitChunk
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.sim.rollout import stopped_when_done

START = 12.5


def chunk(terminate: float = 0.0, steps: int = 10) -> GaitChunk:
    """Return commands whose forward velocity counts the steps, 0.1 m/s each."""
    commands = np.tile(GaitCommand(vy=0.2, wz=0.3, terminate=terminate).to_array(), (steps, 1))
    commands[:, GAIT_LAYOUT["vx"]] = 0.1 * np.arange(steps)[:, None]
    return GaitChunk(START, commands)


@settings(deadline=None)
@given(steps=st.integers(0, 9), part=st.floats(0.0, 0.99), terminate=st.sampled_from([0.0, 0.9]))
def test_the_due_command_is_the_one_of_its_tenth(steps: int, part: float, terminate: float) -> None:
    due = chunk(terminate).at(START + (steps + part) * 0.1)
    expected = stopped_when_done(chunk(terminate).commands[None])[0, steps]
    np.testing.assert_allclose(due.to_array(), expected, atol=1e-6)


def test_before_its_time_the_first_is_due() -> None:
    assert chunk().at(START - 0.3).vx == 0.0


def test_it_stops_when_old_and_keeps_its_posture() -> None:
    assert chunk().at(START + CHUNK_VALID_S - 0.001).vx == pytest.approx(0.9)
    old = chunk().at(START + CHUNK_VALID_S + 0.001)
    assert (old.vx, old.vy, old.wz, old.step_freq_hz) == (0.0, 0.0, 0.0, 2.0)


def test_a_short_chunk_repeats_its_last() -> None:
    assert chunk(steps=3).at(START + 0.8).vx == pytest.approx(0.2)


def test_values_beyond_the_ranges_are_clipped() -> None:
    commands = np.full((1, 12), 50.0)
    commands[0, GAIT_LAYOUT["terminate"]] = 0.0
    assert GaitChunk(0.0, commands).at(0.0).vx == 1.5


@pytest.mark.parametrize("shape", [(0, 12), (10, 11), (12,), (1, 10, 12)])
def test_shapes_are_checked(shape: tuple[int, ...]) -> None:
    with pytest.raises(CanterError, match="shape"):
        GaitChunk(0.0, np.zeros(shape))


def test_values_are_checked() -> None:
    with pytest.raises(CanterError, match="NaN"):
        GaitChunk(0.0, np.full((10, 12), np.nan))
    for time, spacing in ((np.nan, 0.1), (0.0, 0.0), (0.0, np.inf)):
        with pytest.raises(CanterError, match="spacing"):
            GaitChunk(time, np.zeros((10, 12)), spacing)
