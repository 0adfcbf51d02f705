from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from canter.control.impedance import impedance_torque
from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.control.unitree import low_cmd
from canter.control.unitree.crc import seal
from canter.control.unitree.order import MOTORS, to_canonical, to_vendor

Floats = NDArray[np.float64]


def twelve(low: float, high: float) -> st.SearchStrategy[Floats]:
    return hnp.arrays(np.float64, 12, elements=st.floats(low, high, width=32))


def motor_torque(record: NDArray[np.void], q: Floats, qd: Floats) -> Floats:
    """What the vendor's documents say a motor exerts, vendor order."""
    motors = record["motor_cmd"][: len(MOTORS)]
    position = np.where(motors["kp"] == 0, 0.0, motors["kp"] * (motors["q"].astype(float) - q))
    speed = np.where(motors["kd"] == 0, 0.0, motors["kd"] * (motors["dq"].astype(float) - qd))
    return np.asarray(motors["tau"] + position + speed)


@given(
    twelve(-3, 3), twelve(0, 100), twelve(0, 10), twelve(-20, 20), twelve(-3, 3), twelve(-20, 20)
)
def test_the_motors_law_is_our_impedance_law(
    target: Floats, kp: Floats, kd: Floats, tau: Floats, q: Floats, qd: Floats
) -> None:
    command = JointCommand(target, kp, kd, tau, valid_until=1.0)
    record = low_cmd.from_joint_command(command)
    ours = impedance_torque(command, q, qd, np.full(12, np.inf))
    theirs = to_canonical(motor_torque(record, to_vendor(q), to_vendor(qd)))
    np.testing.assert_allclose(theirs, ours, rtol=1e-5, atol=1e-4)
    back = low_cmd.to_joint_command(record, 1.0)
    np.testing.assert_allclose(
        impedance_torque(back, q, qd, np.full(12, np.inf)), ours, rtol=1e-5, atol=1e-4
    )


@given(twelve(-3, 3), twelve(-10, 10), twelve(0, 10), twelve(-20, 20))
def test_a_speed_set_point_is_kept(target: Floats, speed: Floats, kd: Floats, qd: Floats) -> None:
    record = low_cmd.do_nothing()
    motors = record["motor_cmd"][:12]
    motors["q"], motors["kp"], motors["dq"], motors["kd"] = target, 20.0, speed, kd
    q = np.zeros(12)
    back = impedance_torque(low_cmd.to_joint_command(record, 0.0), q, qd, np.full(12, np.inf))
    expected = to_canonical(motor_torque(record, to_vendor(q), to_vendor(qd)))
    np.testing.assert_allclose(back, expected, rtol=1e-5, atol=1e-3)


def test_do_nothing_does_nothing() -> None:
    record = low_cmd.do_nothing()
    assert low_cmd.refusal(record) is None
    command = low_cmd.to_joint_command(record, 0.0)
    q, qd = GO2.default_q, np.full(12, 5.0)
    assert (impedance_torque(command, q, qd, GO2.tau_max) == 0).all()


def test_the_stop_values_switch_off_their_half_of_the_law() -> None:
    record = low_cmd.do_nothing()
    record["motor_cmd"]["kp"], record["motor_cmd"]["kd"] = 50.0, 3.0  # a careless client
    command = low_cmd.to_joint_command(record, 0.0)
    assert not command.kp.any()
    assert not command.kd.any()
    assert not command.tau_ff.any()


def test_a_stopped_motor_exerts_nothing() -> None:
    kp, kd, tau = np.full(12, 50.0), np.full(12, 3.0), np.ones(12)
    record = low_cmd.from_joint_command(JointCommand(GO2.default_q, kp, kd, tau, valid_until=1.0))
    record["motor_cmd"]["mode"][0] = low_cmd.MODE_STOPPED  # FR_0
    seal(record)
    assert low_cmd.refusal(record) is None
    command = low_cmd.to_joint_command(record, 0.0)
    stopped = GO2.joint_names.index("FR_hip_joint")
    assert command.kp[stopped] == command.kd[stopped] == command.tau_ff[stopped] == 0
    assert (np.delete(command.kp, stopped) == 50).all()


def _edit(member: str, value: object, at: int | None = None) -> Callable[[NDArray[np.void]], None]:
    def change(record: NDArray[np.void]) -> None:
        if at is None:
            record[member] = value
        else:
            record["motor_cmd"][member][at] = value
        seal(record)

    return change


def _break_crc(record: NDArray[np.void]) -> None:
    record["crc"] ^= 1


BROKEN = {
    "head": _edit("head", (0xFE, 0x00)),
    "level flag": _edit("level_flag", 0xEE),
    "crc": _break_crc,
    "mode": _edit("mode", 0x0A, at=5),
    "not finite": _edit("kp", np.nan, at=11),
}


def test_every_refusal_is_tried() -> None:
    assert set(BROKEN) == set(low_cmd.REFUSALS)


@pytest.mark.parametrize("rule", BROKEN)
def test_what_breaks_a_rule_is_refused_by_its_name(rule: str) -> None:
    record = low_cmd.do_nothing()
    BROKEN[rule](record)
    assert low_cmd.refusal(record) == rule


def test_motors_that_a_go2_does_not_have_are_not_looked_at() -> None:
    record = low_cmd.do_nothing()
    record["motor_cmd"]["mode"][15] = 0x0A
    record["motor_cmd"]["q"][15] = np.nan
    seal(record)
    assert low_cmd.refusal(record) is None
