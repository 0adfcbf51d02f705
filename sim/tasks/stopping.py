"""Task go_to: walk up to the thing that was named, stop before it and face it."""

import math
from dataclasses import dataclass

from canter.sim.scenes.placement import Pose
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.tasks.go_to.go_to_scene import Scene

TIME_LIMIT = 40.0
"""Time for the strict verdict, s."""
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
REASONS: tuple[str, ...] = ("", "fallen", "touched", "wrong_object", "not_found", "timeout")
_CLOCK_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class EpisodeResult:
    """How an episode went.

    Attributes:
        strict: right object, right place, facing it, stopped, nothing touched, no fall, in time.
        quard: the published loose criterion.
        reason: why ``strict`` is not met, one of REASONS; empty where it is.
        time: at which the strict verdict was reached, or of the last update, s.
        distance: from the base to the nearest surface of what was named, m; NaN if it is not there.
        touched: whether the robot touched any object.
        fallen: whether it fell.
    """

    strict: bool
    quard: bool
    reason: str
    time: float
    distance: float
    touched: bool
    fallen: bool


def bearing(thing: Thing, pose: Pose) -> float:
    """Return the direction of the object's centre from the base's x axis, left positive, rad."""
    x, y, yaw = pose
    return math.remainder(math.atan2(thing.y - y, thing.x - x) - yaw, math.tau)


def stands_before(thing: Thing, pose: Pose) -> bool:
    """Tell whether a base pose x, y (m), yaw (rad) is where a robot should stop before it."""
    low, high = STOP_RANGE
    distance = nearest_surface_distance(thing, pose[0], pose[1])
    return low <= distance <= high and abs(bearing(thing, pose)) <= FACING


class Judge:
    """Follows one robot's episode and says how it went; update it at every control step.

    Args:
        scene: with the target that was asked for.
    """

    def __init__(self, scene: Scene) -> None:
        self._objects = scene.objects
        self._matching = scene.matching
        self._still_since = math.inf
        self._stood_at: int | None = None
        self._time = 0.0
        self._distance = math.nan
        self._strict = self._quard = self._touched = self._fallen = self._came_near = False

    def update(self, time: float, pose: Pose, speed: float, touched: bool, fallen: bool) -> None:
        """Take in one control step.

        Args:
            time: since the start of the episode, s.
            pose: base x, y (m), yaw (rad), world frame.
            speed: of the base in the plane, m/s.
            touched: whether the robot touched any object in this step.
            fallen: whether it lies on the floor.
        """
        if self._strict:
            return
        self._time = time
        self._touched |= touched
        self._fallen |= fallen
        targets = [self._objects[i] for i in self._matching]
        if targets:
            x, y, _ = pose
            self._distance = min(nearest_surface_distance(o, x, y) for o in targets)
            centre = min(math.hypot(o.x - x, o.y - y) for o in targets)
            self._came_near |= centre <= QUARD_RANGE
            self._quard |= centre <= QUARD_RANGE and time <= QUARD_TIME + _CLOCK_SLACK
        self._watch_stop(time, pose, speed)

    def _watch_stop(self, time: float, pose: Pose, speed: float) -> None:
        """Time how long the robot has stood before one object."""
        at = next((i for i, o in enumerate(self._objects) if stands_before(o, pose)), None)
        if at is not None and self._matching and at not in self._matching:
            at = next((i for i in self._matching if stands_before(self._objects[i], pose)), at)
        if at is None or speed > STOP_SPEED:
            self._still_since = math.inf
            return
        self._still_since = min(self._still_since, time)
        if time - self._still_since < STOP_TIME - _CLOCK_SLACK:
            return
        self._stood_at = at
        in_time = time <= TIME_LIMIT + _CLOCK_SLACK
        self._strict = at in self._matching and in_time and not (self._touched or self._fallen)

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        if self._strict or self._time >= TIME_LIMIT:
            return True
        lost = self._touched or self._fallen
        return lost and (self._quard or self._fallen or self._time >= QUARD_TIME)

    def verdict(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return EpisodeResult(
            strict=self._strict,
            quard=self._quard,
            reason=self._reason(),
            time=self._time,
            distance=self._distance,
            touched=self._touched,
            fallen=self._fallen,
        )

    def _reason(self) -> str:
        """Return the first cause of failure that holds."""
        causes = {
            "": self._strict,
            "fallen": self._fallen,
            "touched": self._touched,
            "wrong_object": self._stood_at is not None and self._stood_at not in self._matching,
            "not_found": not self._came_near,
        }
        return next((name for name, holds in causes.items() if holds), "timeout")


@dataclass(frozen=True, slots=True)
class GoTo:
    """The task of one scene.

    Attributes:
        scene: where the robot is and what it was asked to go to.
    """

    scene: Scene

    def judge(self) -> Judge:
        """Return a fresh judge of one episode."""
        return Judge(self.scene)
