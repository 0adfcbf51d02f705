"""Warnings and falls against counts by hand."""

import numpy as np
import pytest

from canter.sim.locomotion.fall_alarms import confirmed, falls_within, score_alarms

T, DT = 400, 0.02


def timeline(*steps: int) -> np.ndarray:
    flags = np.zeros((T, 1), bool)
    flags[list(steps)] = True
    return flags


def test_falls_within_marks_the_steps_before_a_fall_alone() -> None:
    fallen, ended = timeline(100), timeline(100, 300)
    soon = falls_within(fallen, ended, 25)
    np.testing.assert_array_equal(np.flatnonzero(soon[:, 0]), np.arange(76, 101))


@pytest.mark.parametrize(
    ("warned", "lead", "false"),
    [
        ((), 0.0, 0),
        ((81,), 0.4, 0),
        ((81, 95), 0.4, 0),
        ((20,), 0.0, 1),
        ((20, 81), 0.4, 1),
        ((40, 60, 81), 0.82, 0),  # one warning from 40 on, without half a second's pause
        ((81, 200), 0.4, 1),
        ((200, 210, 300), 0.0, 2),
    ],
)
def test_lead_and_false_warnings(warned: tuple[int, ...], lead: float, false: int) -> None:
    fallen = ended = timeline(100)
    found = score_alarms(timeline(*warned), fallen, ended, DT)
    assert found.leads == pytest.approx([lead])
    assert found.false == false
    assert found.seconds == pytest.approx(T * DT)


def test_a_risk_is_confirmed_by_the_second_step_in_a_row() -> None:
    over = timeline(5, 20, 21, 22)
    np.testing.assert_array_equal(np.flatnonzero(confirmed(over)[:, 0]), [21, 22])
