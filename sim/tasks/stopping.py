"""When a robot has gone to a thing: it stands still before it and faces it."""

import math

from canter.sim.planar import Pose
from canter.sim.scenes.shapes import Thing, nearest_surface_distance

STOP_SPEED = 0.05
"""A base slower than this stands still, m/s."""
STOP_TIME = 1.0
"""It must stand this long without a break, s."""
STOP_RANGE = (0.3, 0.7)
"""Distance from the base origin to the nearest surface of the named object, m."""
FACING = math.radians(30.0)
"""Greatest angle between the base's x axis and the direction of the object's centre, rad."""
QUARD_RANGE = 1.0
QUARD_TIME = 20.0
"""Published criterion: within 1.0 m of the target in the plane at any tick of 20 s."""


def bearing(thing: Thing, pose: Pose) -> float:
    """Return the direction of the object's centre from the base's x axis, left positive, rad."""
    x, y, yaw = pose
    return math.remainder(math.atan2(thing.y - y, thing.x - x) - yaw, math.tau)


def stands_before(thing: Thing, pose: Pose) -> bool:
    """Tell whether a base pose x, y (m), yaw (rad) is where a robot should stop before it."""
    low, high = STOP_RANGE
    distance = nearest_surface_distance(thing, pose[0], pose[1])
    return low <= distance <= high and abs(bearing(thing, pose)) <= FACING
