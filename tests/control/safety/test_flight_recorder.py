"""The ring against a plain list, and its files read back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.impedance import damping_command
from canter.control.robot import GO2
from canter.control.safety.flight_recorder import LastSeconds
from canter.control.safety.safety_monitor import Fault
from tests.control.states import standing

FAULT = Fault("stale state", "the state is 70 ms old, allowed are 60 ms", 3.0)


def filled(pushes: int, capacity: int = 8) -> LastSeconds:
    """Return a ring of so many rows into which consecutive times were pushed."""
    ring = LastSeconds(GO2, capacity, 1.0)
    for tick in range(pushes):
        state = standing(time=float(tick), q=np.full(12, tick / 10))
        ring.push(state, damping_command(GO2, tick + 0.5), 100.0 + tick)
    return ring


@settings(deadline=None)
@given(pushes=st.integers(0, 40), capacity=st.integers(1, 9))
def test_keeps_the_newest_in_order(pushes: int, capacity: int) -> None:
    values = filled(pushes, capacity).take().values
    expected = list(range(pushes))[-capacity:]
    np.testing.assert_array_equal(values["state_time"], expected)
    np.testing.assert_array_equal(values["now"], [100.0 + tick for tick in expected])
    assert values["state_q"].shape == (len(expected), 12)
    np.testing.assert_allclose(values["state_q"][:, 0], np.array(expected) / 10)


def test_taking_begins_anew() -> None:
    ring = filled(5)
    assert len(ring.take().values["now"]) == 5
    assert len(ring.take().values["now"]) == 0


def test_a_batch_of_one_is_taken_too() -> None:
    ring = LastSeconds(GO2, 8, 1.0)
    ring.push(standing((1,)), damping_command(GO2, 1.0, (1,)), 2.0)
    assert ring.take().values["command_kd"].shape == (1, 12)


def test_a_file_says_what_happened(tmp_path: Path) -> None:
    path = tmp_path / "trip.npz"
    filled(5).take().save(path, FAULT)
    with np.load(path) as file:
        assert str(file["fault_rule"]) == FAULT.rule
        assert str(file["fault_reason"]) == FAULT.reason
        assert float(file["fault_time"]) == FAULT.time
        assert tuple(file["joint_names"]) == GO2.joint_names
        assert file["now"].dtype == np.float64
        assert file["command_q_target"].dtype == np.float32
        np.testing.assert_allclose(file["command_valid_until"], np.arange(5) + 0.55)
    assert [entry.name for entry in tmp_path.iterdir()] == ["trip.npz"]


def test_ten_seconds_of_noise_are_small(tmp_path: Path) -> None:
    draw = np.random.default_rng(0).standard_normal
    ring = LastSeconds(GO2, 500.0)
    for tick in range(6000):
        command = replace(damping_command(GO2, float(tick)), q_target=draw(12), tau_ff=draw(12))
        state = standing(time=float(tick), q=draw(12), qd=draw(12), tau=draw(12))
        ring.push(state, command, float(tick))
    ring.take().save(tmp_path / "x.npz")
    assert (tmp_path / "x.npz").stat().st_size < 2_000_000


def test_a_folder_keeps_the_newest_trips(tmp_path: Path) -> None:
    folder = tmp_path / "trips"
    stored = [filled(2).take().store(folder, FAULT, keep=3) for _ in range(5)]
    assert sorted(folder.iterdir()) == stored[-3:]
    assert stored[-1].name.endswith("-stale_state.npz")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(CanterError, match="file"):
        filled(1).take().store(tmp_path / "file", FAULT)
    with pytest.raises(CanterError, match="absent"):
        filled(1).take().save(tmp_path / "absent" / "x.npz")


@pytest.mark.parametrize(("rate", "seconds"), [(0.0, 1.0), (500.0, -1.0), (np.nan, 1.0)])
def test_sizes_are_positive(rate: float, seconds: float) -> None:
    with pytest.raises(CanterError, match="positive"):
        LastSeconds(GO2, rate, seconds)


def test_a_foreign_shape_is_not_recorded_in_part() -> None:
    ring = filled(2)
    with pytest.raises(ValueError, match="shape"):
        ring.push(replace(standing(), q=np.zeros(11)), damping_command(GO2, 0.0), 0.0)
    assert len(ring.take().values["now"]) == 2
