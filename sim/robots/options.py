"""The option ``--robot``, wherever a robot matters; light to import."""

from typing import Annotated

import tyro

from canter.control.robot import DEFAULT_ROBOT_NAME

RobotOption = Annotated[str, tyro.conf.arg(metavar="NAME|FILE")]
"""A robot's name, or the path of its robot.yaml; `canter.sim.robots.registry.robot` reads it."""
ROBOT = DEFAULT_ROBOT_NAME
