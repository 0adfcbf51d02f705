from dataclasses import replace

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.control.unitree.postures import (
    LYING_Q,
    RISE_S,
    STANDING_Q,
    Glide,
    lie_down,
    stand_up,
)


def test_a_glide_passes_its_postures_and_rests_at_each() -> None:
    glide = Glide.through(STANDING_Q, [(LYING_Q, 1.0), (STANDING_Q, 2.0)])
    assert glide.duration == 3.0
    step = 1e-5
    for time, posture in ((0.0, STANDING_Q), (1.0, LYING_Q), (3.0, STANDING_Q)):
        np.testing.assert_allclose(glide.at(time), posture)
        np.testing.assert_allclose(glide.at(time + step), posture, atol=1e-8)
    np.testing.assert_allclose(glide.at(0.5), (STANDING_Q + LYING_Q) / 2)
    np.testing.assert_allclose(glide.at(99.0), STANDING_Q)


def test_a_glide_never_leaves_the_joints_range() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        glide = stand_up(rng.uniform(-5, 5, 12))
        for time in np.linspace(0, glide.duration, 30):
            q = glide.at(time)
            assert (q >= GO2.q_min - 1e-9).all()
            assert (q <= GO2.q_max + 1e-9).all()


def test_no_joint_is_asked_to_jump() -> None:
    glide = stand_up(GO2.q_min)
    path = np.array([glide.at(time) for time in np.arange(0, glide.duration, 0.002)])
    np.testing.assert_allclose(path[0], GO2.q_min, atol=1e-9)
    fastest = np.abs(np.diff(path, axis=0)).max() / 0.002
    assert fastest < GO2.qd_max.min()


def test_a_standing_robot_does_not_fold_its_legs() -> None:
    glide = stand_up(STANDING_Q + 0.1)
    lowest = max(np.abs(glide.at(t) - STANDING_Q).max() for t in np.linspace(0, 3, 50))
    assert lowest <= 0.1 + 1e-9


@pytest.mark.parametrize("glide", [stand_up(LYING_Q), lie_down(STANDING_Q)])
def test_commands_expire(glide: Glide) -> None:
    command = glide.command(0.1, now=50.0)
    assert 50.0 < command.valid_until <= 50.1


def test_another_robot_glides_straight_to_its_stance_with_its_own_gains() -> None:
    other = replace(GO2, name="other", default_q=GO2.default_q + 0.1, kp=3 * GO2.kp, kd=2 * GO2.kd)
    glide = stand_up(LYING_Q, other)
    assert glide.duration == RISE_S
    np.testing.assert_allclose(glide.at(99.0), other.default_q)
    command = glide.command(0.1, now=50.0)
    np.testing.assert_allclose((command.kp, command.kd), (other.kp, other.kd))
