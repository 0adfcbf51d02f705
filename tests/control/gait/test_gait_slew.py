"""Gait and posture follow at a limited rate, phases the shorter way round."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import ContractError
from canter.control.gait.gait_slew import GaitSlew
from canter.control.types import GAIT_RANGES, GaitCommand

DT = 0.02
MOVING = np.array([True])


def asked(**fields: float) -> dict[str, np.ndarray]:
    """Return a command by name, each (1,)."""
    values = GaitCommand(**fields).to_array()
    return {name: values[i : i + 1] for i, name in enumerate(GAIT_RANGES)}


def test_a_limited_field_arrives_after_distance_over_rate_and_others_at_once() -> None:
    slew = GaitSlew(1, {"body_height": 0.25})
    command = asked(vx=0.7, body_height=-0.1)
    heights = []
    for _ in range(25):
        now = slew.follow(command, MOVING, DT)
        assert now["vx"] == command["vx"]
        heights.append(float(now["body_height"].item()))
    np.testing.assert_allclose(np.diff(heights[:20]), -0.25 * DT, atol=1e-6)
    assert heights[19] == pytest.approx(-0.1, abs=1e-6)  # 0.1 m at 0.25 m/s: twenty periods
    np.testing.assert_allclose(heights[20:], -0.1, atol=1e-6)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_phase_goes_the_shorter_way_round(start: float, goal: float) -> None:
    slew = GaitSlew(1, {"phase_fr": 0.5})
    slew.follow(asked(phase_fr=start), ~MOVING, DT)  # at rest it takes the phase at once
    way = (goal - start + 0.5) % 1.0 - 0.5
    periods = int(np.ceil(abs(way) / (0.5 * DT)))
    phase = start
    for _ in range(periods + 1):
        after = float(slew.follow(asked(phase_fr=goal), MOVING, DT)["phase_fr"].item())
        assert 0.0 <= after < 1.0
        assert abs((after - phase + 0.5) % 1.0 - 0.5) <= 0.5 * DT + 1e-5
        phase = after
    assert abs((phase - goal + 0.5) % 1.0 - 0.5) < 1e-4


def test_reset_begins_from_the_standing_command() -> None:
    slew = GaitSlew(2, {"body_pitch": 1.0})
    command = {name: np.repeat(value, 2) for name, value in asked(body_pitch=0.3).items()}
    for _ in range(30):
        slew.follow(command, np.ones(2, bool), DT)
    slew.reset(np.array([True, False]))
    pitch = slew.follow(command, np.ones(2, bool), DT)["body_pitch"]
    np.testing.assert_allclose(pitch, [DT, 0.3], atol=1e-6)


@pytest.mark.parametrize("rates", [{"body_yaw": 1.0}, {"body_pitch": 0.0}, {"body_pitch": "fast"}])
def test_a_rate_that_cannot_be_is_named(rates: dict[str, object]) -> None:
    with pytest.raises(ContractError, match=next(iter(rates))):
        GaitSlew(1, rates)
