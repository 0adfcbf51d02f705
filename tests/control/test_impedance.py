"""The impedance law by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canter.control.impedance import damping_command, hold_command, impedance_torque
from canter.control.robot import GO2
from canter.control.types import JointCommand

FINITE = st.floats(-1e3, 1e3)


def uniform(q_target: float, kp: float, kd: float, tau_ff: float) -> JointCommand:
    """Return the same set-point for all joints."""
    q, stiffness, damping, torque = (np.full(12, value) for value in (q_target, kp, kd, tau_ff))
    return JointCommand(q, stiffness, damping, torque, valid_until=0.0)


def test_by_hand() -> None:
    """20 (1.0 - 0.6) - 0.5 * 2 + 3 = 10 Nm."""
    torque = impedance_torque(
        uniform(1.0, 20.0, 0.5, 3.0), np.full(12, 0.6), np.full(12, 2.0), GO2.tau_max
    )
    np.testing.assert_allclose(torque, 10.0)


def test_saturates_at_each_joint_s_own_limit() -> None:
    torque = impedance_torque(
        uniform(-9.0, 100.0, 0.0, 0.0), np.zeros((3, 12)), np.zeros((3, 12)), GO2.tau_max
    )
    np.testing.assert_array_equal(torque, np.tile(-GO2.tau_max, (3, 1)))


@given(FINITE, FINITE)
def test_damping_never_feeds_energy(q: float, qd: float) -> None:
    torque = impedance_torque(
        damping_command(GO2, 0.0), np.full(12, q), np.full(12, qd), GO2.tau_max
    )
    assert (torque * qd <= 0).all()


def test_damping_of_unit_speed_is_eight() -> None:
    command = damping_command(GO2, 1.0, batch=(2,))
    torque = impedance_torque(command, np.zeros((2, 12)), np.ones((2, 12)), GO2.tau_max)
    np.testing.assert_allclose(torque, -8.0)
    assert command.valid_until == 1.05


def test_holding_where_it_is_takes_no_torque() -> None:
    q = GO2.default_q
    command = hold_command(q, np.full(12, 25.0), np.full(12, 0.5), 0.0)
    np.testing.assert_array_equal(impedance_torque(command, q, np.zeros(12), GO2.tau_max), 0.0)
