"""Lines of sight of a robot's camera over a flat floor, tilted as gravity tells.

Places are in the level frame: its origin on the floor below the base, x forward, y left, z up.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.robot import RobotSpec

Float = NDArray[np.float64]
LEAST_DEPTH = 0.05
"""What is nearer before the lens, or behind it, is projected as if it were here, m."""


@dataclass(frozen=True, slots=True)
class Sightlines:
    """A camera at one moment.

    Attributes:
        position: of the lens, level frame, m, (3,).
        axes: rows are the camera's right, down and ahead in the level frame, (3, 3).
        focal: px.
        height: of the picture, px.
        width: of the picture, px.
    """

    position: Float
    axes: Float
    focal: float
    height: int
    width: int

    def pixel(self, place: Float) -> Float:
        """Return where a place, (3,), is in the picture: px from left and top, (2,)."""
        off = self.axes[:2] @ (place - self.position)
        middle = np.array([self.width / 2, self.height / 2])
        return np.asarray(middle + self.focal * off / self.depth(place))

    def depth(self, place: Float) -> float:
        """Return how far before the lens a place, (3,), is, m."""
        return max(float(self.axes[2] @ (place - self.position)), LEAST_DEPTH)

    def ray(self, column: float, row: float) -> Float:
        """Return the direction in which a spot of the picture, px, lies, level frame, (3,)."""
        off = np.array([column - self.width / 2, row - self.height / 2, self.focal])
        return np.asarray(off @ self.axes)

    def rays(self) -> Float:
        """Return unit vectors to the middles of all pixels, level frame, (height, width, 3)."""
        across = np.arange(self.width) + 0.5 - self.width / 2
        down = np.arange(self.height) + 0.5 - self.height / 2
        off = np.empty((self.height, self.width, 3))
        off[..., 0], off[..., 1], off[..., 2] = across, down[:, None], self.focal
        off /= np.linalg.norm(off, axis=-1, keepdims=True)
        return np.asarray(off @ self.axes)


def sightlines(robot: RobotSpec, camera: CameraSpec, gravity: Float) -> Sightlines:
    """Return the camera of a robot that stands on the floor at its usual height.

    Args:
        robot: its description.
        camera: its pictures.
        gravity: unit vector in the base frame, (3,).
    """
    up = -gravity / np.linalg.norm(gravity)
    forward = np.array([1.0, 0.0, 0.0]) - up[0] * up
    forward /= np.linalg.norm(forward)
    level = np.stack([forward, np.cross(up, forward), up])
    cos, sin = math.cos(robot.camera_pitch), math.sin(robot.camera_pitch)
    axes_b = np.array([[0.0, -1.0, 0.0], [-sin, 0.0, -cos], [cos, 0.0, -sin]])
    over_floor = np.array([0.0, 0.0, robot.standing_height])
    return Sightlines(
        position=over_floor + level @ robot.camera_pos_b,
        axes=axes_b @ level.T,
        focal=camera.height / 2 / math.tan(camera.fovy / 2),
        height=camera.height,
        width=camera.width,
    )
