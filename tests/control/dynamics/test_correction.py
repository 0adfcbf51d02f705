"""Loads found from torques, and targets corrected by them."""

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.dynamics.body import nominal_body
from canter.control.dynamics.correction import CorrectionSettings, DynamicsCorrection
from canter.control.dynamics.dynamics import GRAVITY, LegDynamics
from canter.control.dynamics.feet import Feet, feet_of
from canter.control.dynamics.load import LoadEstimator
from canter.control.impedance import hold_command
from canter.control.robot import GO2
from canter.control.types import RobotState
from tests.control.states import standing

Float = NDArray[np.floating]
DYNAMICS = LegDynamics(GO2)
BODY = nominal_body(DYNAMICS)
ALL_STAND = np.ones((1, 4))


def feet_at_rest() -> Feet:
    return feet_of(standing((1,)), DYNAMICS)


def carrying(mass: float, place: tuple[float, float]) -> tuple[RobotState, Float]:
    """A standing robot whose feet share a weight that acts there, and the feet's forces."""
    feet = feet_at_rest()
    rows = np.stack([np.ones(4), *feet.point[0, :, :2].T])
    up = np.linalg.pinv(rows) @ (mass * GRAVITY * np.array([1.0, *place]))
    force = np.zeros((1, 4, 3))
    force[0, :, -1] = up
    tau = feet.joint_torque(force) + feet.leg_torque
    return dataclasses.replace(standing((1,)), tau=tau), force


def test_ground_force_is_what_joint_torque_answers() -> None:
    state, force = carrying(20.0, (0.03, -0.02))
    np.testing.assert_allclose(feet_at_rest().ground_force(state.tau), force, atol=1e-9)


def test_the_load_and_its_place_are_found() -> None:
    state, _ = carrying(21.2, (0.05, -0.03))
    estimator = LoadEstimator(BODY.mass, BODY.com[:2], 1)
    for _ in range(400):
        load = estimator.update(feet_at_rest(), state.tau, ALL_STAND, 0.02)
    assert load.mass[0] == pytest.approx(21.2, rel=1e-3)
    np.testing.assert_allclose(load.place[0], [0.05, -0.03], atol=1e-4)


def settled(settings: CorrectionSettings, state: RobotState) -> Float:
    """Return the torque that the shifted targets add, Nm, (12,)."""
    correction = DynamicsCorrection(GO2, 1, settings=settings)
    kp = np.full((1, 12), 60.0)
    command = hold_command(standing((1,)).q, kp, np.full((1, 12), 1.5), 1.0)
    for _ in range(500):
        corrected = correction.adapt(state, command, 0.01)
    return np.asarray(((corrected.q_target - command.q_target) * kp)[0])


def test_a_load_shifts_targets_by_the_torque_of_its_weight() -> None:
    state, force = carrying(BODY.mass + 6.0, (0.03, 0.02))
    own, own_force = carrying(BODY.mass, (float(BODY.com[0]), float(BODY.com[1])))
    wanted = feet_at_rest().joint_torque(force - own_force)[0]
    np.testing.assert_allclose(settled(CorrectionSettings(legs=0.0), state), wanted, atol=1e-3)
    np.testing.assert_allclose(settled(CorrectionSettings(legs=0.0), own), 0.0, atol=1e-9)


def test_without_a_load_the_legs_own_gravity_is_left() -> None:
    own, _ = carrying(BODY.mass, (float(BODY.com[0]), float(BODY.com[1])))
    gravity = DYNAMICS.gravity_torque(GO2.default_q, np.array([0.0, 0.0, -1.0]))
    np.testing.assert_allclose(settled(CorrectionSettings(), own), gravity, atol=1e-9)


def test_one_robot_may_come_without_its_dimension_and_reset_forgets() -> None:
    state, _ = carrying(BODY.mass + 8.0, (0.0, 0.0))
    single = dataclasses.replace(standing(), tau=state.tau[0])
    correction = DynamicsCorrection(GO2)
    command = hold_command(single.q, np.full(12, 60.0), np.full(12, 1.5), 1.0)
    first = correction.adapt(single, command, 0.002)
    for _ in range(100):
        last = correction.adapt(single, command, 0.002)
    assert last.q_target.shape == (12,)
    assert np.abs(last.q_target - first.q_target).max() > 1e-3
    correction.reset()
    np.testing.assert_array_equal(correction.adapt(single, command, 0.002).q_target, first.q_target)
