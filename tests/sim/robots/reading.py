"""Robots' model files as MuJoCo alone reads them."""

import mujoco

from canter.control.robot import RobotSpec
from canter.sim.robots.registry import file_of


def bare_model(spec: RobotSpec) -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(file_of(spec).model))
