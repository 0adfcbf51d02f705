"""Velocities that bring a robot to a pose in its own odometry's frame; no map, no obstacles.

Far off it turns towards the goal and walks forwards, slower the further the goal is from straight
ahead (the unicycle law of Aicardi et al., "Closed loop steering of unicycle-like vehicles via
Lyapunov techniques", 1995, without its last term); near it, where a quadruped may step sideways, it
goes straight there in the plane while it turns to the heading asked for.
"""

import math
from dataclasses import dataclass

from canter.control.errors import CanterError

FARTHEST_M = 100.0
"""Of a goal; odometry drifts by a per cent of the way."""
NEAR_M = 0.4
"""Distance from which the robot turns to its last heading, m."""
AIM_M = 0.3
"""What turning by one radian is worth of coming closer, m."""


@dataclass(frozen=True, slots=True)
class Pose:
    """A place and a heading in the plane.

    Attributes:
        x: m.
        y: m.
        yaw: rad.
    """

    x: float
    y: float
    yaw: float


@dataclass(frozen=True, slots=True)
class FollowerSettings:
    """How a robot goes to a pose.

    Attributes:
        speed: along its way, at most, m/s.
        sideways: at most, m/s.
        turn: at most, rad/s.
        gain: of the velocity over the distance, 1/s.
        turn_gain: of the turning over the bearing, 1/s.
        reach: distance within which the goal is reached, m.
        reach_yaw: likewise of the heading, rad.
        dwell_s: how long it must be within both, s.
        progress: what counts as coming closer, m.
        patience_s: longest time without coming closer, s.
    """

    speed: float = 0.5
    sideways: float = 0.2
    turn: float = 0.8
    gain: float = 1.0
    turn_gain: float = 1.5
    reach: float = 0.1
    reach_yaw: float = 0.1
    dwell_s: float = 0.5
    progress: float = 0.05
    patience_s: float = 6.0


class PointFollower:
    """One way to one goal.

    Args:
        goal: in the frame of the poses.
        turn_at_goal: turn to the goal's heading; else any will do.
        settings: how.

    Attributes:
        done: it has been there for as long as it must.

    Raises:
        CanterError: the goal is no number, or too far off.
    """

    def __init__(
        self, goal: Pose, *, turn_at_goal: bool = True, settings: FollowerSettings | None = None
    ) -> None:
        if not all(map(math.isfinite, (goal.x, goal.y, goal.yaw))):
            raise CanterError(
                f"the goal is ({goal.x:g} m, {goal.y:g} m, {math.degrees(goal.yaw):g} degrees); "
                "give three finite numbers"
            )
        if math.hypot(goal.x, goal.y) > FARTHEST_M:
            raise CanterError(
                f"the goal ({goal.x:g} m, {goal.y:g} m) is more than {FARTHEST_M:g} m from where "
                "odometry began; go there in parts"
            )
        self._goal, self._turns = goal, turn_at_goal
        self._settings = settings or FollowerSettings()
        self._arrived: float | None = None
        self._best = math.inf
        self._bettered: float | None = None
        self._near = False
        self.done = False

    def distance(self, pose: Pose) -> float:
        """Return how far the goal is, m."""
        return math.hypot(self._goal.x - pose.x, self._goal.y - pose.y)

    def velocity(self, pose: Pose, now: float) -> tuple[float, float, float]:
        """Return vx, vy (m/s) and wz (rad/s) in the base frame; zeros once it is there.

        Args:
            pose: of the robot.
            now: monotonic, s.

        Raises:
            CanterError: it comes no closer, or the pose is no number.
        """
        if not all(map(math.isfinite, (pose.x, pose.y, pose.yaw))):
            raise CanterError("odometry is no number; is the robot's driver well?")
        given, distance = self._settings, self.distance(pose)
        off = wrapped(self._goal.yaw - pose.yaw) if self._turns else 0.0
        if distance < given.reach and abs(off) < given.reach_yaw:
            self._arrived = now if self._arrived is None else self._arrived
            self.done = self.done or now - self._arrived >= given.dwell_s
            return 0.0, 0.0, 0.0
        self._arrived = None
        bearing = wrapped(math.atan2(self._goal.y - pose.y, self._goal.x - pose.x) - pose.yaw)
        near = distance < NEAR_M
        self._check_progress(distance, off if near else bearing, now)
        if near:
            return self._approach(distance, bearing, off)
        forwards = min(given.gain * distance, given.speed) * max(math.cos(bearing), 0.0)
        return forwards, 0.0, clipped(given.turn_gain * bearing, given.turn)

    def _approach(self, distance: float, bearing: float, off: float) -> tuple[float, float, float]:
        """Go straight there, whatever the heading, while turning to the last one."""
        given = self._settings
        speed = 0.0 if distance < 0.5 * given.reach else max(given.gain * distance, given.reach)
        return (
            clipped(speed * math.cos(bearing), given.speed),
            clipped(speed * math.sin(bearing), given.sideways),
            clipped(given.turn_gain * off, given.turn),
        )

    def _check_progress(self, distance: float, aim: float, now: float) -> None:
        """Give up where nothing gets better: the goal is out of reach, or the robot is held.

        Args:
            distance: to the goal, m.
            aim: angle that the robot is to turn by now, rad.
            now: monotonic, s.
        """
        left, near = distance + AIM_M * abs(aim), distance < NEAR_M
        better = left < self._best - self._settings.progress
        if self._bettered is None or better or near is not self._near:
            self._best, self._bettered, self._near = left, now, near
        elif now - self._bettered > self._settings.patience_s:
            raise CanterError(
                f"the goal is {distance:.2f} m off and comes no closer for "
                f"{self._settings.patience_s:g} s: something is in the way, or the robot may not go"
            )


def wrapped(angle: float) -> float:
    """Return an angle within -pi..pi, rad."""
    return math.remainder(angle, 2 * math.pi)


def clipped(value: float, most: float) -> float:
    """Return a value within +-most."""
    return min(max(value, -most), most)
