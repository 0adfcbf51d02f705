"""A robot that hangs from a stand: its base fixed in the world, its feet clear of everything."""

import mujoco
import numpy as np

from canter.control.robot import LEG_JOINTS, LEGS, RobotSpec
from canter.sim.robots.equip import robot_model_spec
from canter.sim.robots.model import BASE, ROOT


def hanging_spec(robot: RobotSpec, roll: float = 0.0, pitch: float = 0.0) -> mujoco.MjSpec:
    """Return the robot with its base fixed and nothing to touch.

    Args:
        robot: the robot.
        roll: how the stand holds the base, right side down positive, rad.
        pitch: nose down positive, rad.
    """
    hanging = robot_model_spec(robot)
    hanging.delete(hanging.joint(ROOT))
    for sensor in list(hanging.sensors):  # nobody reads them here, and they take time
        hanging.delete(sensor)
    about_x = np.array([np.cos(roll / 2), np.sin(roll / 2), 0.0, 0.0])
    about_y = np.array([np.cos(pitch / 2), 0.0, np.sin(pitch / 2), 0.0])
    quat = np.zeros(4)
    mujoco.mju_mulQuat(quat, about_y, about_x)
    hanging.body(BASE).quat = quat
    flags = mujoco.mjtDisableBit
    hanging.option.disableflags |= flags.mjDSBL_CONTACT | flags.mjDSBL_ISLAND
    # Finite differences need dry friction solved to the end: at ten iterations of Newton's method
    # they were half noise. Gauss-Seidel is the quickest here that does it.
    hanging.option.solver = mujoco.mjtSolver.mjSOL_PGS
    hanging.option.iterations, hanging.option.tolerance = 100, 1e-12
    return hanging


def kind_of(robot: RobotSpec) -> tuple[str, ...]:
    """Return the kind of each joint: hip, thigh or calf."""
    return tuple(next(k for k in LEG_JOINTS if f"_{k}_" in name) for name in robot.joint_names)


def leg_of(robot: RobotSpec) -> tuple[str, ...]:
    """Return the leg of each joint: FL, FR, RL or RR."""
    return tuple(
        next(leg for leg in LEGS if name.startswith(f"{leg}_")) for name in robot.joint_names
    )
