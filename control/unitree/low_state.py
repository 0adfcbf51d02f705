"""LowState_: what the robot measures, as a record of ``messages.LOW_STATE``."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.types import Array, RobotState
from canter.control.unitree.crc import seal
from canter.control.unitree.low_cmd import HEAD, LOW_LEVEL, MODE_SERVO
from canter.control.unitree.messages import LOW_STATE
from canter.control.unitree.order import (
    MOTORS,
    feet_to_canonical,
    feet_to_vendor,
    gains_to_canonical,
    to_canonical,
    to_vendor,
)

CONTACT_FORCE = 20.0
"""A foot whose force reads more than this counts as in contact."""
MOTOR_TEMPERATURE = 30
BATTERY_PERCENT = 80
BATTERY_V = 29.4
"""What a simulated robot reports of things it does not simulate: degrees C, per cent, V."""

Record = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A robot's measurements beyond RobotState, which the wire has room for.

    Attributes:
        state: single robot, canonical order.
        qdd: joint accelerations, rad/s^2, (12,).
        foot_force: force on each foot, N, canonical order, (4,).
        tick_ms: time since the robot's start, ms.
    """

    state: RobotState
    qdd: Array
    foot_force: Array
    tick_ms: int


def pack(measured: Measurement) -> Record:
    """Return the sealed record of a measurement."""
    state = measured.state
    record = LOW_STATE.zeros()
    record["head"] = HEAD
    record["level_flag"] = LOW_LEVEL
    fill_imu(record["imu_state"], state)
    motors = record["motor_state"][: len(MOTORS)]
    motors["mode"] = MODE_SERVO
    motors["q"] = motors["q_raw"] = to_vendor(state.q)
    motors["dq"] = motors["dq_raw"] = to_vendor(state.qd)
    motors["ddq"] = motors["ddq_raw"] = to_vendor(measured.qdd)
    motors["tau_est"] = to_vendor(state.tau)
    motors["temperature"] = MOTOR_TEMPERATURE
    force = whole(feet_to_vendor(measured.foot_force))
    record["foot_force"] = record["foot_force_est"] = force
    record["tick"] = measured.tick_ms % 2**32
    record["bms_state"]["soc"] = BATTERY_PERCENT
    record["power_v"] = BATTERY_V
    seal(record)
    return record


def robot_state(record: Record, time: float) -> RobotState:
    """Return the state of a record, canonical order.

    Args:
        record: of LOW_STATE.
        time: monotonic time at which it was measured, s; `robot_clock` knows it.
    """
    imu, motors = record["imu_state"], record["motor_state"][: len(MOTORS)]
    force = feet_to_canonical(record["foot_force"])
    return RobotState(
        time=time,
        q=to_canonical(motors["q"]),
        qd=to_canonical(motors["dq"]),
        tau=to_canonical(motors["tau_est"]),
        quat=np.array(imu["quaternion"], float),
        gyro=np.array(imu["gyroscope"], float),
        accel=np.array(imu["accelerometer"], float),
        foot_contact=(force > CONTACT_FORCE).astype(float),
    )


def temperatures(record: Record) -> NDArray[np.float64]:
    """Return the motors' temperatures, canonical order, degrees C, (12,)."""
    return gains_to_canonical(record["motor_state"][: len(MOTORS)]["temperature"])


def fill_imu(imu: Record, state: RobotState) -> None:
    """Write orientation (wxyz), gyro (rad/s), accelerometer (m/s^2) and roll, pitch, yaw (rad)."""
    imu["quaternion"] = state.quat
    imu["gyroscope"] = state.gyro
    imu["accelerometer"] = state.accel
    imu["rpy"] = roll_pitch_yaw(state.quat)
    imu["temperature"] = MOTOR_TEMPERATURE


def roll_pitch_yaw(quat: Array) -> NDArray[np.float64]:
    """Return the angles about x, y and z, in this order of a z-y-x rotation, rad, (3,).

    Args:
        quat: orientation, wxyz, (4,).
    """
    w, x, y, z = quat
    roll = np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * y - z * x), -1.0, 1.0))
    yaw = np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    return np.array([roll, pitch, yaw])


def whole(values: Array) -> NDArray[np.int16]:
    """Return values as 16-bit integers, saturated."""
    limits = np.iinfo(np.int16)
    return np.clip(np.rint(values), limits.min, limits.max).astype(np.int16)
