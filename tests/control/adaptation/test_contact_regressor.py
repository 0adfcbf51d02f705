"""Arms of the support force against the general kinematics of the robot's bodies."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.adaptation.contact_regressor import SupportArms
from canter.control.dynamics.legs import Legs
from canter.control.robot import GO2
from tests.control.states import standing

FOOT_OFFSET = 0.002
"""How far the Go2's feet are from the line of the calf, which the arms leave out, m."""


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_arms_are_the_jacobian_s_upward_part(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q = GO2.default_q + rng.normal(0, 0.4, (5, 12))
    quat = rng.normal(size=(5, 4))
    quat /= np.linalg.norm(quat, axis=-1, keepdims=True)
    arms = SupportArms(GO2, 5)
    arms.tilt(quat)
    arms.bend(q)
    arms.turn()
    up = -standing((5,), quat=quat).projected_gravity()
    jacobian = Legs(GO2).posture(q).jacobian()
    expected = -np.einsum("nlij,ni->nlj", jacobian, up)
    np.testing.assert_allclose(arms.arm, expected, atol=FOOT_OFFSET + 1e-9)


def test_load_reads_what_torque_gives() -> None:
    arms = SupportArms(GO2, 2)
    force = np.array([[10.0, 20.0, 30.0, 40.0], [-5.0, 0.0, 5.0, 60.0]])
    np.testing.assert_allclose(arms.load(arms.torque(force)), force, atol=1e-12)


def test_a_leg_in_the_nominal_stance_carries_with_thigh_and_calf() -> None:
    """The foot stands below the hip: the thigh bears nothing, the calf 0.213 sin 0.9."""
    arm = SupportArms(GO2, 1).arm[0]
    np.testing.assert_allclose(arm[:, 1], 0.0, atol=1e-12)
    np.testing.assert_allclose(arm[:, 2], 0.213 * np.sin(0.9), atol=1e-12)
    np.testing.assert_allclose(arm[:, 0], [-0.0955, 0.0955, -0.0955, 0.0955], atol=1e-12)


def test_one_robot_needs_no_leading_dimension() -> None:
    one, many = (SupportArms(GO2, n) for n in (1, 1))
    q, quat = GO2.default_q + 0.1, np.array([0.99, 0.1, 0.0, 0.1])
    one.tilt(quat)
    one.bend(q)
    one.turn()
    many.tilt(quat[None])
    many.bend(q[None])
    many.turn()
    np.testing.assert_array_equal(one.arm, many.arm)
