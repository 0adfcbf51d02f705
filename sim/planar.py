"""Places and poses on the floor."""

import math

Pose = tuple[float, float, float]
"""x, y (m) and yaw (rad), world frame."""
Point = tuple[float, float]
"""x, y, m."""


def wrap(angle: float) -> float:
    """Return an angle, rad, in [-pi, pi]."""
    return math.remainder(angle, math.tau)
