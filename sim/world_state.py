"""What checkers and experts see of one robot after a control step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import DEFAULT_ROBOT
from canter.sim.planar import Pose


@dataclass(frozen=True, slots=True)
class WorldState:
    """Ground truth of one robot.

    Attributes:
        time: since the start of the episode, s.
        pose: base x, y (m) and yaw (rad), world frame.
        position_w: base position, world frame, m, (3,).
        quat: base orientation in the world, wxyz, (4,).
        speed: of the base in the plane, m/s.
        touched: whether the robot touched an object in the last step.
        touched_objects: which ones.
        fallen: whether it lies on the floor.
        ball_w: centre of the ball, world frame, m, (3,); None where there is none.
        standing_height: of the robot's base in its nominal stance, m.
        command: GaitCommand in force until now, an array of its fields, (12,); None where who looks
            need not know it.
    """

    time: float
    pose: Pose
    position_w: NDArray[np.float64]
    quat: NDArray[np.float64]
    speed: float
    touched: bool
    touched_objects: frozenset[int]
    fallen: bool
    ball_w: NDArray[np.float64] | None = None
    standing_height: float = DEFAULT_ROBOT.standing_height
    command: NDArray[np.float32] | None = None
