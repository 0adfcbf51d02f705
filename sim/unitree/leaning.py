"""Joint angles of a robot that stands still and leans: closed-form inverse kinematics of its legs.

The leg is a hip that turns about x, a sideways offset to the thigh, and two links in a plane.
"""

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import CALF_LENGTH, LEGS, THIGH_LENGTH
from canter.control.unitree.postures import STANDING_Q

THIGH_OFFSET = 0.0955
"""Distance from the hip's axis to the thigh's, sideways, m."""
HIP_FORWARD, HIP_SIDE = 0.1934, 0.0465
"""Position of the hips beside the base's origin, m."""
FOOT_FORWARD = -0.002
"""The foot's centre lies this far before the calf's axis, m."""

Float = NDArray[np.float64]


def leaning_q(roll: float, pitch: float, yaw: float) -> Float:
    """Return joint angles, rad, (12,), of the stance with the base turned over the same feet.

    Args:
        roll: rad.
        pitch: rad, nose down positive.
        yaw: rad.
    """
    turn = _rotation(roll, pitch, yaw)
    angles = [
        _leg_angles(leg, turn.T @ _foot_position(leg, stance))
        for leg, stance in zip(LEGS, STANDING_Q.reshape(len(LEGS), 3), strict=True)
    ]
    return np.concatenate(angles)


def _hip(leg: str) -> tuple[Float, float]:
    """Return the position of a hip in the base frame, m, (3,), and its side, +1 left or -1."""
    front, side = (1.0 if leg[0] == "F" else -1.0), (1.0 if leg[1] == "L" else -1.0)
    return np.array([front * HIP_FORWARD, side * HIP_SIDE, 0.0]), side


def _foot_position(leg: str, q: Float) -> Float:
    """Return a foot's position in the base frame, m, (3,)."""
    hip, side = _hip(leg)
    roll, thigh, calf = q
    lean = thigh + calf
    x = -THIGH_LENGTH * np.sin(thigh) - CALF_LENGTH * np.sin(lean) + FOOT_FORWARD * np.cos(lean)
    z = -THIGH_LENGTH * np.cos(thigh) - CALF_LENGTH * np.cos(lean) - FOOT_FORWARD * np.sin(lean)
    y = side * THIGH_OFFSET
    c, s = np.cos(roll), np.sin(roll)
    return np.asarray(hip + np.array([x, c * y - s * z, s * y + c * z]))


def _leg_angles(leg: str, foot: Float) -> Float:
    """Return hip, thigh and calf angle that put a foot there, rad, (3,); knee backwards."""
    hip, side = _hip(leg)
    x, y, z = foot - hip
    y_plane = side * THIGH_OFFSET
    depth = np.sqrt(max(y * y + z * z - y_plane * y_plane, 0.0))
    roll = np.arctan2(z, y) - np.arctan2(-depth, y_plane)
    shin = np.hypot(CALF_LENGTH, FOOT_FORWARD)
    shin_angle = np.arctan2(FOOT_FORWARD, CALF_LENGTH)
    reach = x * x + depth * depth
    cosine = (reach - THIGH_LENGTH**2 - shin**2) / (2 * THIGH_LENGTH * shin)
    bend = -np.arccos(np.clip(cosine, -1.0, 1.0))
    thigh = np.arctan2(-x, depth) - np.arctan2(
        shin * np.sin(bend), THIGH_LENGTH + shin * np.cos(bend)
    )
    return np.array([roll, thigh, bend + shin_angle])


def _rotation(roll: float, pitch: float, yaw: float) -> Float:
    """Return the matrix of a z-y-x rotation, (3, 3)."""
    (cx, cy, cz), (sx, sy, sz) = np.cos([roll, pitch, yaw]), np.sin([roll, pitch, yaw])
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)
