"""What experts of body tasks share: wishes, the way to a place, and a rule rolled into a chunk."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.sim.experts.steering import Disc, detour
from canter.sim.planar import Point, Pose, wrap

MAX_TURN = 1.0
"""Limit of wz, rad/s."""
TURN_GAIN = 1.8
"""Turn rate per heading error, 1/s."""
LEAST_TURN = 0.3
"""Slowest turn in place, rad/s: a gait need not follow a slower one."""
LEAST_PUSH, MAX_PUSH, PUSH_GAIN = 0.15, 0.25, 1.5
"""Slowest and fastest step that mends a place, m/s, and its speed per error, 1/s."""
TURN_IN_PLACE = math.radians(60.0)
"""Heading error from which on the robot turns without walking, rad."""
SPEED_GAIN = 1.0
"""Speed per remaining distance, 1/s."""


@dataclass(frozen=True, slots=True)
class GaitOverrides:
    """The fields of a GaitCommand that an expert sets; units as there, the others as usual."""

    vx: float = 0.0
    vy: float = 0.0
    wz: float = 0.0
    body_height: float = 0.0
    body_pitch: float = 0.0
    swing_height: float = GaitCommand().swing_height
    terminate: float = 0.0


DONE = GaitOverrides(terminate=1.0)
"""Stand: the task is done."""

Rule = Callable[[Pose, float], GaitOverrides]
"""From a pose x, y (m), yaw (rad), and how far ahead of now that is, s, to the wanted there."""


def rolled(
    rule: Rule, pose: Pose, told: Callable[[GaitOverrides], GaitOverrides] = lambda wanted: wanted
) -> NDArray[np.float32]:
    """Return the commands for now and the next 0.9 s, (10, 12), as GaitCommand arrays.

    Args:
        rule: asked at each step, at the pose that unicycle kinematics reach under its wishes.
        pose: where the robot is now.
        told: what the robot is told so that it does as wished.
    """
    chunk = np.tile(GaitCommand().to_array(), (CHUNK_STEPS, 1))
    for step in range(CHUNK_STEPS):
        wanted = rule(pose, step * CHUNK_SPACING_S)
        for field in fields(GaitOverrides):
            chunk[step, GAIT_LAYOUT[field.name]] = getattr(told(wanted), field.name)
        pose = moved(pose, wanted, CHUNK_SPACING_S)
    return chunk


def moved(pose: Pose, wanted: GaitOverrides, seconds: float) -> Pose:
    """Return the pose after a time under a wanted, by unicycle kinematics."""
    x, y, yaw = pose
    middle = yaw + wanted.wz * seconds / 2
    cos, sin = math.cos(middle), math.sin(middle)
    return (
        x + (wanted.vx * cos - wanted.vy * sin) * seconds,
        y + (wanted.vx * sin + wanted.vy * cos) * seconds,
        wrap(yaw + wanted.wz * seconds),
    )


def bearing(pose: Pose, place: Point) -> float:
    """Return the direction of a place from the base's x axis, left positive, rad."""
    x, y, yaw = pose
    return wrap(math.atan2(place[1] - y, place[0] - x) - yaw)


def turn_rate(error: float) -> float:
    """Return the turn rate, rad/s, for a heading error, rad."""
    return min(max(TURN_GAIN * error, -MAX_TURN), MAX_TURN)


def turn_in_place(error: float) -> float:
    """Return a turn rate, rad/s, that moves the robot however small the heading error is, rad."""
    return math.copysign(max(abs(turn_rate(error)), LEAST_TURN), error)


def push(error: float, slack: float = 0.03) -> float:
    """Return a speed, m/s, that mends an error of the place, m; 0 for one within the slack."""
    if abs(error) <= slack:
        return 0.0
    return math.copysign(min(max(PUSH_GAIN * abs(error), LEAST_PUSH), MAX_PUSH), error)


def walk_to(
    pose: Pose,
    place: Point,
    max_speed: float,
    min_speed: float = 0.0,
    discs: Sequence[Disc] = (),
) -> GaitOverrides:
    """Walk to a place round discs, slower near its end and while the robot has to turn.

    Args:
        pose: where the robot is.
        place: where it wants to be, world frame, m.
        max_speed: on the way, m/s.
        min_speed: near the end, m/s.
        discs: what is in the way.
    """
    x, y, yaw = pose
    dx, dy = place[0] - x, place[1] - y
    remaining = math.hypot(dx, dy)
    heading = detour((x, y), math.atan2(dy, dx), remaining, discs)
    error = wrap(heading - yaw)
    speed = min(max(SPEED_GAIN * remaining, min_speed), max_speed)
    return GaitOverrides(vx=speed * max(0.0, 1.0 - abs(error) / TURN_IN_PLACE), wz=turn_rate(error))
