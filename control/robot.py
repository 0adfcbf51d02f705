"""Robot description: names, default pose, limits and masses, all by name in one canonical order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEGS: tuple[str, ...] = ("FL", "FR", "RL", "RR")
LEG_JOINTS: tuple[str, ...] = ("hip", "thigh", "calf")
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RobotSpec:
    """What the software must know of a quadruped; per-joint vectors follow ``joint_names``.

    Attributes:
        name: short name of the robot.
        joint_names: the twelve joints, FL, FR, RL, RR x hip, thigh, calf.
        foot_names: the four feet, FL, FR, RL, RR.
        default_q: joint angles of the nominal stance, rad, (12,).
        q_min: lower joint limit, rad, (12,).
        q_max: upper joint limit, rad, (12,).
        tau_max: torque limit, Nm, (12,).
        qd_max: joint speed limit, rad/s, (12,).
        mass: total mass, kg.
        standing_height: height of the base origin over the floor in the nominal stance, m.
        camera_pos_b: camera position in the base frame, m, (3,).
        camera_pitch: camera pitch below the horizontal, rad.
        camera_fovy: vertical field of view, rad.
    """

    name: str
    joint_names: tuple[str, ...]
    foot_names: tuple[str, ...]
    default_q: Vector
    q_min: Vector
    q_max: Vector
    tau_max: Vector
    qd_max: Vector
    mass: float
    standing_height: float
    camera_pos_b: Vector
    camera_pitch: float
    camera_fovy: float


def per_joint(hip: float, thigh: float, calf: float) -> Vector:
    """Return a (12,) vector that repeats one value per kind of joint over the four legs."""
    return np.tile(np.array([hip, thigh, calf]), len(LEGS))


THIGH_LENGTH = 0.213
CALF_LENGTH = 0.213
FOOT_RADIUS = 0.022
NOMINAL_THIGH = 0.9
NOMINAL_CALF = -1.8


def _standing_height() -> float:
    """Return hip height of the symmetric two-link leg: both links lean by 0.9 rad."""
    shin_lean = -(NOMINAL_THIGH + NOMINAL_CALF)
    reach = THIGH_LENGTH * np.cos(NOMINAL_THIGH) + CALF_LENGTH * np.cos(shin_lean)
    return float(reach + FOOT_RADIUS)


GO2 = RobotSpec(
    name="go2",
    joint_names=tuple(f"{leg}_{joint}_joint" for leg in LEGS for joint in LEG_JOINTS),
    foot_names=tuple(f"{leg}_foot" for leg in LEGS),
    default_q=per_joint(0.0, NOMINAL_THIGH, NOMINAL_CALF),
    q_min=np.concatenate([[-1.0472, low, -2.7227] for low in (-1.5708, -1.5708, -0.5236, -0.5236)]),
    q_max=np.concatenate([[1.0472, high, -0.83776] for high in (3.4907, 3.4907, 4.5379, 4.5379)]),
    tau_max=per_joint(23.7, 23.7, 45.43),
    qd_max=per_joint(30.1, 30.1, 15.7),
    mass=15.2,
    standing_height=_standing_height(),
    camera_pos_b=np.array([0.33, 0.0, 0.06]),
    camera_pitch=float(np.deg2rad(12.0)),
    camera_fovy=float(np.deg2rad(70.0)),
)
"""Unitree Go2, figures as published by its maker (dimensions, limits, mass)."""
