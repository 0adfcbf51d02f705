"""A robot that holds its default pose by impedance alone, in simulation."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.sim.robots.equip import control_layout, robot_model_spec

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Stand:
    """How a robot stood.

    Attributes:
        height: of the base's origin over the floor at each physics step, m, (T,).
        tilt: of the base against the vertical at each physics step, rad, (T,).
        torque: largest torque of each joint, Nm, (12,).
        feet: force on each foot at the end, N, (4,).
    """

    height: NDArray[np.float64]
    tilt: NDArray[np.float64]
    torque: NDArray[np.float64]
    feet: NDArray[np.float64]


def stand(robot: RobotSpec, seconds: float = SECONDS) -> Stand:
    """Return how a robot stands that was put down in its default pose and holds it.

    Args:
        robot: the robot; its own gains hold it.
        seconds: how long, s.

    Raises:
        CanterError: simulation has no model of it.
    """
    model: mujoco.MjModel = robot_model_spec(robot).compile()
    data, layout = mujoco.MjData(model), control_layout(robot)
    joints = [model.joint(name) for name in robot.joint_names]
    angles = np.array([joint.qposadr.item() for joint in joints])
    speeds = np.array([joint.dofadr.item() for joint in joints])
    data.qpos[angles] = robot.default_q
    data.ctrl[layout["torque"]] = robot.kp * robot.default_q
    data.ctrl[layout["kp"]], data.ctrl[layout["kd"]] = robot.kp, robot.kd
    steps = round(seconds / model.opt.timestep)
    height, tilt, torque = np.zeros(steps), np.zeros(steps), np.zeros(len(joints))
    for step in range(steps):
        mujoco.mj_step(model, data)
        height[step] = data.body("base").xpos[2]
        tilt[step] = np.arccos(np.clip(data.body("base").xmat[-1], -1.0, 1.0))
        torque = np.maximum(torque, np.abs(data.qfrc_actuator[speeds]))
    feet = [data.sensor(f"{name}_force").data.item() for name in robot.foot_names]
    return Stand(height, tilt, torque, np.array(feet))
