"""Where the robot is since a moment, by its gyro and commands, so that old choices stay true."""

import math
from typing import Final

Pose = tuple[float, float, float]
"""x, y (m) and yaw (rad), in the frame of the start."""
Place = tuple[float, float]
START: Final[Pose] = (0.0, 0.0, 0.0)


def advanced(pose: Pose, velocity: tuple[float, float], turn_rate: float, seconds: float) -> Pose:
    """Return the pose after a time at a velocity and a turn rate.

    Args:
        pose: before.
        velocity: forward and leftward, base frame, m/s.
        turn_rate: left positive, rad/s.
        seconds: how long.
    """
    x, y, yaw = pose
    middle = yaw + turn_rate * seconds / 2
    cos, sin = math.cos(middle), math.sin(middle)
    vx, vy = velocity
    return (
        x + (cos * vx - sin * vy) * seconds,
        y + (sin * vx + cos * vy) * seconds,
        math.remainder(yaw + turn_rate * seconds, math.tau),
    )


def from_start(pose: Pose, place: Place) -> Place:
    """Return a place in the base frame of a pose in the frame of the start, m."""
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    return pose[0] + cos * place[0] - sin * place[1], pose[1] + sin * place[0] + cos * place[1]


def from_here(pose: Pose, place: Place) -> Place:
    """Return a place in the frame of the start in the base frame of a pose, m."""
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    dx, dy = place[0] - pose[0], place[1] - pose[1]
    return cos * dx + sin * dy, cos * dy - sin * dx
