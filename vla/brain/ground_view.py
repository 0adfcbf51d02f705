"""Where a place on the floor lies in the picture of a robot that stands upright, and back.

A pinhole camera over a flat floor; what is not flat or not upright is off by the difference.
"""

import math
from dataclasses import dataclass
from typing import Self

from canter.control.command_policy import CameraSpec
from canter.control.robot import RobotSpec

Place = tuple[float, float]
"""Forward and leftward of the base, on the floor, m."""
Spot = tuple[float, float]
"""Rightward and downward of the picture's middle, -1 to 1 from edge to edge."""
LEAST_DEPTH = 0.05


@dataclass(frozen=True, slots=True)
class GroundView:
    """A camera over the floor.

    Attributes:
        forward: of the camera before the base, m.
        left: of the camera beside the base, m.
        height: of the camera over the floor, m.
        pitch: below the horizontal, rad.
        tan_right: tangent of half the horizontal field of view.
        tan_down: tangent of half the vertical field of view.
    """

    forward: float
    left: float
    height: float
    pitch: float
    tan_right: float
    tan_down: float

    @classmethod
    def of(cls, robot: RobotSpec, camera: CameraSpec) -> Self:
        """Return the view of a robot's camera."""
        forward, left, up = map(float, robot.camera_pos_b)
        tan_down = math.tan(camera.fovy / 2)
        tan_right = tan_down * camera.width / camera.height
        height = robot.standing_height + up
        return cls(forward, left, height, robot.camera_pitch, tan_right, tan_down)

    def spot(self, place: Place) -> Spot | None:
        """Return where a place is seen, perhaps beyond the edge; None behind the camera."""
        ahead, aside = place[0] - self.forward, place[1] - self.left
        cos, sin = math.cos(self.pitch), math.sin(self.pitch)
        depth = cos * ahead + sin * self.height
        if depth < LEAST_DEPTH:
            return None
        below = cos * self.height - sin * ahead
        return -aside / depth / self.tan_right, below / depth / self.tan_down

    def place(self, spot: Spot) -> Place | None:
        """Return the place on the floor that is seen at a spot; None above the horizon."""
        across, below = -spot[0] * self.tan_right, spot[1] * self.tan_down
        cos, sin = math.cos(self.pitch), math.sin(self.pitch)
        falls = sin + cos * below
        if falls <= 0.0:
            return None
        depth = self.height / falls
        return self.forward + depth * (cos - sin * below), self.left + depth * across
