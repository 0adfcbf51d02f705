"""Which of the vendor's motors is which of our joints: the one table, by name.

The vendor counts FR, FL, RR, RL x hip, thigh, calf; Canter FL, FR, RL, RR. Angles have the same
zero and the same sign in both, as the vendor's own robot description says: the axis of every hip
is forward (x), of thigh and calf leftward (y). A sign is stated for each motor nevertheless, and
applied, so that a robot that differs needs a change here alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Motor:
    """One of the vendor's motors.

    Attributes:
        vendor_name: as the vendor's documents call it.
        joint: Canter's name of the joint.
        sign: factor from the vendor's angle, speed and torque to ours, +1 or -1.
    """

    vendor_name: str
    joint: str
    sign: int


MOTORS: tuple[Motor, ...] = (
    Motor("FR_0", "FR_hip_joint", +1),
    Motor("FR_1", "FR_thigh_joint", +1),
    Motor("FR_2", "FR_calf_joint", +1),
    Motor("FL_0", "FL_hip_joint", +1),
    Motor("FL_1", "FL_thigh_joint", +1),
    Motor("FL_2", "FL_calf_joint", +1),
    Motor("RR_0", "RR_hip_joint", +1),
    Motor("RR_1", "RR_thigh_joint", +1),
    Motor("RR_2", "RR_calf_joint", +1),
    Motor("RL_0", "RL_hip_joint", +1),
    Motor("RL_1", "RL_thigh_joint", +1),
    Motor("RL_2", "RL_calf_joint", +1),
)
"""The motors in the order of ``motor_cmd`` and ``motor_state``."""

FEET: tuple[str, ...] = ("FR_foot", "FL_foot", "RR_foot", "RL_foot")
"""The feet in the order of ``foot_force``, by Canter's names."""

_VENDOR_JOINTS = tuple(motor.joint for motor in MOTORS)
_TO_VENDOR = np.array([GO2.joint_names.index(name) for name in _VENDOR_JOINTS])
_TO_CANONICAL = np.array([_VENDOR_JOINTS.index(name) for name in GO2.joint_names])
_SIGNS = np.array([float(motor.sign) for motor in MOTORS])
_FEET_TO_VENDOR = np.array([GO2.foot_names.index(name) for name in FEET])
_FEET_TO_CANONICAL = np.array([FEET.index(name) for name in GO2.foot_names])


def to_vendor(values: NDArray[np.floating]) -> Float:
    """Return angles, speeds or torques in the vendor's order and signs, (12,)."""
    return np.asarray(np.asarray(values, float)[_TO_VENDOR] * _SIGNS)


def to_canonical(values: NDArray[np.floating]) -> Float:
    """Return angles, speeds or torques of the vendor's in Canter's order and signs, (12,)."""
    return np.asarray((np.asarray(values, float) * _SIGNS)[_TO_CANONICAL])


def gains_to_vendor(gains: NDArray[np.floating]) -> Float:
    """Return gains, which have no sign, in the vendor's order, (12,)."""
    return np.asarray(np.asarray(gains, float)[_TO_VENDOR])


def gains_to_canonical(gains: NDArray[np.floating]) -> Float:
    """Return the vendor's gains in Canter's order, (12,)."""
    return np.asarray(np.asarray(gains, float)[_TO_CANONICAL])


def feet_to_vendor(values: NDArray[np.floating]) -> Float:
    """Return one value a foot in the vendor's order, (4,)."""
    return np.asarray(np.asarray(values, float)[_FEET_TO_VENDOR])


def feet_to_canonical(values: NDArray[np.floating]) -> Float:
    """Return the vendor's value of each foot in Canter's order, (4,)."""
    return np.asarray(np.asarray(values, float)[_FEET_TO_CANONICAL])
