"""An expert for move: goes from way point to way point, sideways too, at the asked pace."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.sim.experts.velocity_bias import Trim
from canter.sim.experts.walking import DONE, GaitOverrides, push, rolled, turn_in_place, turn_rate
from canter.sim.planar import Pose, wrap
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.move.move_legs import Leg, way_points
from canter.sim.tasks.move.move_scene import MoveGoal
from canter.sim.world_state import WorldState

PACES: dict[str, float] = {"": 0.5, "slowly": 0.28, "quickly": 0.95}
"""Speed along the way, m/s."""
SIDE_PACE = 0.3
"""Speed of a side step, m/s."""
HEIGHTS: dict[str, float] = {"": 0.0, "low": -0.08, "high": 0.045}
"""Body height offset of a posture, m."""
PITCHES: dict[str, float] = {"down": 0.25, "up": -0.25}
"""Body pitch by where the nose is to point, rad."""
GAIN = 2.0
"""Speed per remaining distance, 1/s."""
MIN_SPEED = 0.2
ARRIVED = 0.07
"""Remaining way at which a walk ends, m."""
BESIDE = 0.05
"""Distance from the way, or from the place to turn at, that is left as it is, m."""
TURNED = math.radians(4.0)
"""Remaining angle at which a turn ends, rad."""
ASKEW = math.radians(6.0)
"""Heading error with which a walk may end, rad."""
HOLD_TIME = 1.0
"""A pose counts as taken after this time, s."""
SETTLE_TIME = 0.6
"""A posture is taken for this long before the walk begins, s."""


class MoveExpert:
    """Drives one robot through the legs of its goal.

    Args:
        scene: of the task move.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, MoveGoal)
        self._legs = scene.goal.legs
        self._points = way_points(scene.start, self._legs)
        self._pose: Pose = scene.start
        self._left = [leg.turn for leg in self._legs]
        self._now = 0
        self._time = 0.0
        self._trim = Trim()

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is, and go on to the next leg where one is done."""
        turned = wrap(world.pose[2] - self._pose[2])
        if self._now < len(self._legs) and self._legs[self._now].do == "turn":
            self._left[self._now] -= turned
        self._pose, self._time = world.pose, world.time
        self._trim.observe(world)
        if self._now < len(self._legs) and self._done(self._legs[self._now]):
            self._now += 1
            self._trim.restart()
        self._trim.wanted(self._rule(self._pose, 0.0))

    def _done(self, leg: Leg) -> bool:
        """Tell whether the present leg is done."""
        if leg.do == "turn":
            return abs(self._left[self._now]) <= TURNED
        if leg.do == "pose":
            return self._time >= HOLD_TIME
        askew = wrap(self._points[self._now][2] - self._pose[2])
        return self._remaining(self._pose, leg)[0] <= ARRIVED and abs(askew) <= ASKEW

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12), as GaitCommand arrays."""
        return rolled(self._rule, self._pose, self._trim.applied)

    def _rule(self, pose: Pose, ahead: float) -> GaitOverrides:
        if self._now >= len(self._legs):
            return replace(_posed(self._legs[-1]), terminate=DONE.terminate)
        leg = self._legs[self._now]
        if leg.do == "pose":
            return _posed(leg)
        if leg.do == "turn":
            left = self._left[self._now] - wrap(pose[2] - self._pose[2])
            return self._turn(pose, left) if abs(left) > TURNED else GaitOverrides()
        if leg.posture and self._time + ahead < SETTLE_TIME:
            return _posed(leg)
        return self._walk(pose, leg)

    def _turn(self, pose: Pose, left: float) -> GaitOverrides:
        """Turn by an angle, rad, and step back to the place where the robot is to turn."""
        x, y, _ = self._points[self._now]
        dx, dy = x - pose[0], y - pose[1]
        cos, sin = math.cos(pose[2]), math.sin(pose[2])
        return GaitOverrides(
            vx=push(cos * dx + sin * dy, BESIDE),
            vy=push(cos * dy - sin * dx, BESIDE),
            wz=turn_in_place(left),
        )

    def _remaining(self, pose: Pose, leg: Leg) -> tuple[float, float]:
        """Return what is left along the way, and how far left of the way the robot is, m."""
        x, y, yaw = self._points[self._now]
        dx, dy = x - pose[0], y - pose[1]
        forward, left = leg.shift
        heading = yaw + math.atan2(left, forward)
        cos, sin = math.cos(heading), math.sin(heading)
        return cos * dx + sin * dy, sin * dx - cos * dy

    def _walk(self, pose: Pose, leg: Leg) -> GaitOverrides:
        """Walk along the way, whatever side of the robot leads, keeping its heading."""
        along, beside = self._remaining(pose, leg)
        askew = wrap(self._points[self._now][2] - pose[2])
        if along <= ARRIVED:
            return replace(_posed(leg), wz=turn_in_place(askew) if abs(askew) > ASKEW else 0.0)
        forward, left = leg.shift
        pace = SIDE_PACE if left else PACES[leg.pace]
        speed = min(max(GAIN * along, MIN_SPEED), pace)
        mend = push(-beside, BESIDE)
        unit_x, unit_y = (math.copysign(abs(v) > 0.0, v) for v in (forward, left))
        return replace(
            _posed(leg),
            vx=speed * unit_x - mend * unit_y,
            vy=speed * unit_y + mend * unit_x,
            wz=turn_rate(askew),
        )


def _posed(leg: Leg) -> GaitOverrides:
    """Stand in the posture of a leg."""
    if leg.do == "pose":
        return GaitOverrides(
            body_height=HEIGHTS.get(leg.way, 0.0), body_pitch=PITCHES.get(leg.way, 0.0)
        )
    return GaitOverrides(body_height=HEIGHTS[leg.posture])
