"""The default robot under its old names, until the last file that uses them is rewritten."""

import mujoco

from canter.control.layout import Layout
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.sim.robots import equip
from canter.sim.robots.equip import CAMERA, robot_model_spec

__all__ = ["CAMERA", "control_layout", "go2_spec", "sensor_layout"]


def go2_spec() -> mujoco.MjSpec:
    """Return the default robot on a plane."""
    return robot_model_spec(DEFAULT_ROBOT)


def control_layout(robot: RobotSpec = DEFAULT_ROBOT) -> Layout:
    """Return the order of ``ctrl``."""
    return equip.control_layout(robot)


def sensor_layout(robot: RobotSpec = DEFAULT_ROBOT) -> Layout:
    """Return the order of ``sensordata``."""
    return equip.sensor_layout(robot)
