import numpy as np
import pytest

from canter.control.robot import GO2
from canter.control.types import RobotState
from canter.control.unitree.crc import is_sealed
from canter.control.unitree.low_state import Measurement, pack, robot_state, roll_pitch_yaw, whole
from canter.control.unitree.messages import LOW_STATE


def measurement() -> Measurement:
    rng = np.random.default_rng(3)
    quat = np.array([0.9, 0.1, -0.3, 0.2])
    force = np.array([30.0, 0.0, 41.6, 19.0])  # FL FR RL RR
    state = RobotState(
        time=7.0,
        q=rng.normal(size=12),
        qd=rng.normal(size=12),
        tau=rng.normal(size=12),
        quat=quat / np.linalg.norm(quat),
        gyro=rng.normal(size=3),
        accel=rng.normal(size=3),
        foot_contact=np.array([1.0, 0.0, 1.0, 0.0]),
    )
    return Measurement(state, qdd=rng.normal(size=12), foot_force=force, tick_ms=2**32 + 5)


def test_a_state_comes_back_from_the_wire() -> None:
    measured = measurement()
    record = LOW_STATE.from_wire(LOW_STATE.to_wire(pack(measured)))
    assert is_sealed(record)
    state = robot_state(record, time=9.0)
    assert state.time == 9.0
    for name in ("q", "qd", "tau", "quat", "gyro", "accel", "foot_contact"):
        np.testing.assert_allclose(
            getattr(state, name), getattr(measured.state, name), rtol=1e-6, atol=1e-7
        )


def test_the_vendors_places() -> None:
    measured = measurement()
    record = pack(measured)
    fr_calf = GO2.joint_names.index("FR_calf_joint")
    assert record["motor_state"]["q"][2] == np.float32(measured.state.q[fr_calf])
    assert record["foot_force"].tolist() == [0, 30, 19, 42]  # FR FL RR RL
    assert record["tick"] == 5
    assert (record["motor_state"]["mode"][:12] == 1).all()
    assert not record["motor_state"]["mode"][12:].any()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_angles_of_a_turn_about_one_axis(axis: int) -> None:
    quat = np.zeros(4)
    quat[0], quat[1 + axis] = np.cos(0.3), np.sin(0.3)
    expected = np.zeros(3)
    expected[axis] = 0.6
    np.testing.assert_allclose(roll_pitch_yaw(quat), expected, atol=1e-12)


def test_whole_numbers_saturate() -> None:
    assert whole(np.array([1e9, -1e9, 1.6])).tolist() == [32767, -32768, 2]
