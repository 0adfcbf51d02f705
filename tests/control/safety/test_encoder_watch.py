"""The watch for encoders against joints whose true motion is known, seen at odd times."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.robot import GO2
from canter.control.safety.encoder_watch import JITTER_S, LONGEST_TICK_S, EncoderWatch
from canter.control.safety.safety_limits import Finding
from canter.control.types import JointCommand, RobotState
from tests.control.states import standing

JOINT, STEP_S = 7, 0.002
NOTHING = JointCommand(np.zeros(12), np.zeros(12), np.zeros(12), np.zeros(12), 1e9)


def looks(angles: list[float], speeds: list[float], stamps: list[float]) -> list[Finding | None]:
    """Return what the watch says of one joint's readings."""
    watch = EncoderWatch(GO2)
    axis = np.eye(12)[JOINT]
    return [
        watch.look(standing(time=t, q=GO2.default_q + q * axis, qd=v * axis), NOTHING, t)
        for q, v, t in zip(angles, speeds, stamps, strict=True)
    ]


@given(st.lists(st.tuples(st.floats(-30, 30), st.integers(0, 3)), min_size=1, max_size=30))
def test_time_that_slipped_or_jitters_is_no_jump(moves: list[tuple[float, int]]) -> None:
    """A joint goes at any speed, which changes between two readings; stamps also leap ahead."""
    angles, speeds, stamps = [0.0], [moves[0][0]], [1.0]
    for k, (speed, slipped) in enumerate(moves):
        share = (k % 5) / 4  # of the step that the old speed still lasts
        angles.append(angles[-1] + STEP_S * (share * speeds[-1] + (1 - share) * speed))
        speeds.append(speed)
        jitter = JITTER_S * (-1) ** k / 2
        stamps.append(1.0 + STEP_S * (k + 1) + STEP_S * slipped + jitter)
    assert not any(looks(angles, speeds, np.maximum.accumulate(stamps).tolist()))


@given(st.floats(0.04, 1.0), st.floats(-3, 3), st.sampled_from([1, 2, 4]))
def test_an_offset_that_appears_is_found_at_once(offset: float, speed: float, ticks: int) -> None:
    """Beyond what the speed explains: at 3 rad/s and jitter that is 0.03 rad + 3 ms x 3 rad/s."""
    dt = ticks * STEP_S
    explained = abs(speed) * (dt + JITTER_S)
    way = np.sign(speed) or 1.0
    found = looks(
        [0.0, 0.0, way * (offset + explained)], [speed] * 3, [1.0, 1.0 + dt, 1.0 + 2 * dt]
    )
    assert found[1] is None
    assert found[2] is not None
    assert (found[2].rule, found[2].limp) == ("encoder jump", (JOINT,))


@pytest.mark.parametrize("speed", [-20.0, -5.0, 5.0, 20.0])
@pytest.mark.parametrize("angle", [-1.5, 0.15])
def test_a_sign_that_flips_is_found_at_once_even_at_speed(angle: float, speed: float) -> None:
    """The reading goes from q to -q: 2 q away, while its speed changes its sign too."""
    watch = EncoderWatch(GO2)
    q, qd = GO2.default_q.copy(), np.zeros(12)
    q[JOINT], qd[JOINT] = angle, speed
    before = standing(time=1.0, q=q, qd=qd)
    q_after, qd_after = q.copy(), qd.copy()
    q_after[JOINT], qd_after[JOINT] = -(angle + STEP_S * speed), -speed
    after: RobotState = replace(before, time=1.002, q=q_after, qd=qd_after)
    assert watch.look(before, NOTHING, 1.0) is None
    assert watch.look(after, NOTHING, 1.002) is not None


def test_looks_far_apart_are_not_judged() -> None:
    assert not any(looks([0.0, 1.0], [0.0, 0.0], [1.0, 1.0 + LONGEST_TICK_S + 0.001]))
