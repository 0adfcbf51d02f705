"""Where sensors and frames are mounted on the robot. No ROS here."""

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import DEFAULT_ROBOT, RobotSpec

Float = NDArray[np.float64]


def mounts(robot: RobotSpec = DEFAULT_ROBOT) -> dict[str, tuple[Float, Float]]:
    """Return where frames are mounted on base_link: origin, m, (3,), and orientation, wxyz, (4,).

    ``base`` is the root of the URDF; the camera's optical frame looks along z, with x to the right.
    """
    upright = np.array([1.0, 0.0, 0.0, 0.0])
    half = robot.camera_pitch / 2
    small, large = (np.cos(half) - np.sin(half)) / 2, (np.cos(half) + np.sin(half)) / 2
    return {
        "base": (np.zeros(3), upright),
        "imu_link": (robot.imu_pos_b, upright),
        "camera_optical_frame": (robot.camera_pos_b, np.array([small, -large, large, -small])),
    }
