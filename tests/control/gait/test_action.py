"""Outputs of a policy to joint commands, by hand."""

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.gait.action import ActionMap, StiffnessAction, legs_of
from canter.control.robot import GO2, LEGS

KP, KD = np.full(12, 60.0), np.full(12, 1.5)
BY_LEG = StiffnessAction(legs=LEGS, kp_range=(30.0, 120.0), damping=0.2)
SCALE = np.concatenate([np.full(12, 0.25), np.full(4, 10.0)])


def test_constant_gains() -> None:
    command = ActionMap(GO2, np.full(12, 0.25), KP, KD).command(np.full((3, 12), 0.4), 2.0)
    np.testing.assert_allclose(command.q_target, np.tile(GO2.default_q + 0.1, (3, 1)))
    np.testing.assert_array_equal(command.kp, 60.0)
    np.testing.assert_array_equal(command.kd, 1.5)
    assert command.valid_until == 2.0


def test_stiffness_by_leg_is_clipped_and_damping_follows_its_root() -> None:
    action = np.concatenate([np.zeros(12), [0.0, 2.1, -9.0, 9.0]])
    command = ActionMap(GO2, SCALE, KP, KD, BY_LEG).command(action, 0.0)
    np.testing.assert_array_equal(command.q_target, GO2.default_q)
    by_leg = {"FL": 60.0, "FR": 81.0, "RL": 30.0, "RR": 120.0}
    for name, kp, kd in zip(GO2.joint_names, command.kp, command.kd, strict=True):
        assert kp == pytest.approx(by_leg[name[:2]])
        assert kd == pytest.approx(0.2 * by_leg[name[:2]] ** 0.5)


def test_any_action_gives_targets_and_gains_within_their_bounds() -> None:
    actions = np.random.default_rng(0).normal(0, 30, (200, 16))
    command = ActionMap(GO2, SCALE, KP, KD, BY_LEG).command(actions, 0.0)
    assert ((command.q_target >= GO2.q_min) & (command.q_target <= GO2.q_max)).all()
    assert (command.kp.min(), command.kp.max()) == (30.0, 120.0)
    alone = ActionMap(GO2, SCALE, KP, KD, BY_LEG).command(actions[7], 0.0)
    np.testing.assert_array_equal(command.kp[7], alone.kp)


def test_scales_for_another_number_of_outputs_are_refused() -> None:
    with pytest.raises(CanterError, match="12 action scales, the policy has 16 outputs"):
        ActionMap(GO2, SCALE[:12], KP, KD, BY_LEG)


def test_legs_in_the_order_of_their_joints() -> None:
    assert legs_of(GO2) == LEGS
