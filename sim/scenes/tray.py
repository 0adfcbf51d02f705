"""A chute on the robot's back that holds a ball while it walks and lets it roll out over the head.

The floor of the chute climbs forward by 0.18 rad. A level or trotting base keeps the ball at its
rear wall; a base that is pitched nose down by more than that lets it roll out over the head, above
the camera and out of its view. Measured with the default robot, which stood and pitched by 0.30 to
0.42 rad: the ball lands 0.62 to 0.63 m in front of the base's origin.
"""

import math

import mujoco

from canter.sim.rendering.camera import ROBOT_GROUP

SLOPE = 0.18
"""Climb of the floor of the chute against the base's x axis, rad."""
REAR, FRONT = 0.06, 0.42
"""Where the floor begins and ends, base frame, m."""
BOTTOM = 0.062
"""Height of the floor at its rear end, base frame, m: just above the trunk."""
HALF_WIDTH = 0.05
WALL_HEIGHT = 0.05
HALF_THICKNESS = 0.003
RGBA = (0.3, 0.3, 0.35, 1.0)
BALL_FRICTION = (0.8, 0.005, 0.0005)
"""Sliding, and torsional and rolling (m), of a simulated ball against anything."""
_BOX = mujoco.mjtGeom.mjGEOM_BOX
_SPHERE = mujoco.mjtGeom.mjGEOM_SPHERE


def on_tray(along: float, above: float) -> tuple[float, float, float]:
    """Return a point over the middle line of the chute in the base frame, m.

    Args:
        along: distance from the rear end up the slope, m.
        above: distance from the floor of the chute along its normal, m.
    """
    cos, sin = math.cos(SLOPE), math.sin(SLOPE)
    return REAR + along * cos - above * sin, 0.0, BOTTOM + along * sin + above * cos


def resting_place(radius: float) -> tuple[float, float, float]:
    """Return the centre of a ball that lies at the rear wall, base frame, m."""
    return on_tray(radius + HALF_THICKNESS, radius)


def add_tray(spec: mujoco.MjSpec) -> None:
    """Mount the chute on the body ``base``: geoms without mass that count as the robot's own."""
    half = (FRONT - REAR) / math.cos(SLOPE) / 2
    middle, wall, thin = half, WALL_HEIGHT / 2, HALF_THICKNESS
    parts = {
        "floor": ((half, HALF_WIDTH, thin), on_tray(middle, -thin), 0.0),
        "left": ((half, thin, wall), on_tray(middle, wall), HALF_WIDTH + thin),
        "right": ((half, thin, wall), on_tray(middle, wall), -HALF_WIDTH - thin),
        "rear": ((thin, HALF_WIDTH, wall), on_tray(0.0, wall), 0.0),
    }
    for name, (size, (x, _, z), y) in parts.items():
        spec.body("base").add_geom(
            name=f"tray_{name}",
            type=_BOX,
            size=size,
            pos=[x, y, z],
            quat=[math.cos(SLOPE / 2), 0.0, -math.sin(SLOPE / 2), 0.0],
            contype=1,
            conaffinity=0,
            density=0.0,
            group=ROBOT_GROUP,
            rgba=RGBA,
        )
