"""Joint angles of a robot that stands still and leans: closed-form inverse kinematics of its legs.

The leg is a hip that turns about x, a sideways offset to the thigh, and two links in a plane.
"""

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.straight_leg import straight_leg
from canter.control.robot import GO2, LEGS
from canter.control.unitree.postures import STANDING_Q

LEG = straight_leg(GO2)

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
    return np.array([front * LEG.hip_x, side * LEG.hip_y, 0.0]), side


def _foot_position(leg: str, q: Float) -> Float:
    """Return a foot's position in the base frame, m, (3,)."""
    hip, side = _hip(leg)
    roll, thigh, calf = q
    lean = thigh + calf
    x = -LEG.thigh * np.sin(thigh) - LEG.calf * np.sin(lean) + LEG.foot_x * np.cos(lean)
    z = -LEG.thigh * np.cos(thigh) - LEG.calf * np.cos(lean) - LEG.foot_x * np.sin(lean)
    y = side * LEG.side
    c, s = np.cos(roll), np.sin(roll)
    return np.asarray(hip + np.array([x, c * y - s * z, s * y + c * z]))


def _leg_angles(leg: str, foot: Float) -> Float:
    """Return hip, thigh and calf angle that put a foot there, rad, (3,); knee backwards."""
    hip, side = _hip(leg)
    x, y, z = foot - hip
    y_plane = side * LEG.side
    depth = np.sqrt(max(y * y + z * z - y_plane * y_plane, 0.0))
    roll = np.arctan2(z, y) - np.arctan2(-depth, y_plane)
    shin = np.hypot(LEG.calf, LEG.foot_x)
    shin_angle = np.arctan2(LEG.foot_x, LEG.calf)
    reach = x * x + depth * depth
    cosine = (reach - LEG.thigh**2 - shin**2) / (2 * LEG.thigh * shin)
    bend = -np.arccos(np.clip(cosine, -1.0, 1.0))
    thigh = np.arctan2(-x, depth) - np.arctan2(shin * np.sin(bend), LEG.thigh + shin * np.cos(bend))
    return np.array([roll, thigh, bend + shin_angle])


def _rotation(roll: float, pitch: float, yaw: float) -> Float:
    """Return the matrix of a z-y-x rotation, (3, 3)."""
    (cx, cy, cz), (sx, sy, sz) = np.cos([roll, pitch, yaw]), np.sin([roll, pitch, yaw])
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)
