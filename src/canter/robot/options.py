"""Options of ``canter robot``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True, slots=True)
class RobotShow:
    """List the robots, or show one and let it stand in simulation.

    Attributes:
        robot: Robot's name, or the path of its robot.yaml; left out, all are listed.
        seconds: How long it stands, s.
        json: File for what the robot's own computer needs of its description.
    """

    robot: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="ROBOT")] = None
    seconds: float = 5.0
    json: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
