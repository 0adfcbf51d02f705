"""Places on the floor, in the world and in the frame of a prop."""

import math

from canter.sim.families.scene import Prop


def to_world(prop: Prop, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place on the floor in the prop's frame, m, in the world frame."""
    cos, sin = math.cos(prop.yaw), math.sin(prop.yaw)
    x, y = place
    return prop.x + cos * x - sin * y, prop.y + sin * x + cos * y


def to_prop(prop: Prop, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place on the floor in the world frame, m, in the prop's frame."""
    cos, sin = math.cos(prop.yaw), math.sin(prop.yaw)
    dx, dy = place[0] - prop.x, place[1] - prop.y
    return cos * dx + sin * dy, cos * dy - sin * dx
