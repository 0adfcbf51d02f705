"""A camera over the floor, and robots that see a known place."""

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.robot import GO2
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.vla.config import CAMERA
from canter.vla.eyes.detector import Box
from canter.vla.eyes.sightlines import Sightlines, sightlines
from tests.control.states import standing

LEVEL = np.array([0.0, 0.0, -1.0])
VIEW = sightlines(GO2, CAMERA, LEVEL)


def box_at(place: tuple[float, float], view: Sightlines = VIEW) -> Box:
    """A box of 10 x 20 px whose lower edge's middle is where a place on the floor is seen."""
    column, row = view.pixel(np.array([*place, 0.0]))
    return Box(column - 5.0, row - 20.0, column + 5.0, row)


def observed(time: float, vx: float = 0.0, turn_rate: float = 0.0, n: int = 1) -> Observation:
    """What n robots perceive that walk ahead and turn; the floor is green, the rest is blue."""
    images: NDArray[np.uint8] = np.zeros((n, *CAMERA.shape), np.uint8)
    images[:, :48, :, 2], images[:, 48:, :, 1] = 200, 120
    command = GaitCommand().to_array()
    command[GAIT_LAYOUT["vx"]] = vx
    state = standing((n,), time=time)
    return Observation(
        images=images,
        gyro_mean=np.tile([0.0, 0.0, turn_rate], (n, 1)),
        gravity=np.tile(LEVEL, (n, 1)),
        last_command=np.tile(command, (n, 1)),
        state=state,
        active=np.ones(n, bool),
    )
