"""Task move: walks, turns and poses that are told in words and judged by what the body did."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.planar import Pose, wrap
from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.tasks.dwell_timer import CLOCK_SLACK, DwellTimer
from canter.sim.tasks.move.move_expert import MoveExpert
from canter.sim.tasks.move.move_legs import ANY, SPEEDS, Band, Leg, way_points
from canter.sim.tasks.move.move_scene import PROPS, MoveGoal, draw_move, move_goal_in
from canter.sim.tasks.stopping import STOP_SPEED, STOP_TIME
from canter.sim.tasks.success_state import SuccessState
from canter.sim.tasks.task import EpisodeResult, Referent, Task
from canter.sim.world_state import WorldState

TIME_LIMIT = 20.0
"""Time for the strict criterion, s."""
STOP_TURN = 0.15
"""A base that turns slower than this stands still, rad/s."""
PLACE_SHARE, PLACE_LEAST, FREE_LEAST = 0.2, 0.2, 0.6
"""Error of the place: this share of the way, at least PLACE_LEAST, m; FREE_LEAST where the words
leave the distance open."""
HEADING = math.radians(12.0)
LOOSE_SHARE, LOOSE_LEAST, LOOSE_HEADING = 0.5, 0.4, math.radians(30.0)
"""The loose criterion, own design, for the benchmark has no such task: at any tick this near to
the asked pose, whatever the pace and the posture; for a pose, the pose itself."""
MIDDLE = (0.2, 0.8)
"""Shares of the way between which pace and posture count."""


def pitch_of(quat: NDArray[np.float64]) -> float:
    """Return the pitch of a base, nose down positive, rad, from its orientation, wxyz, (4,)."""
    w, x, y, z = (float(v) for v in quat)
    return math.asin(min(max(2.0 * (w * y - z * x), -1.0), 1.0))


def inside(value: float, band: Band) -> bool:
    """Tell whether a value lies in a band."""
    return band[0] <= value <= band[1]


class MoveSuccess:
    """Follows one robot's episode: pose at the end, pace and posture on the way.

    Args:
        scene: of the task move.
    """

    def __init__(self, scene: Scene) -> None:
        assert isinstance(scene.goal, MoveGoal)
        self._legs, self._start = scene.goal.legs, scene.start
        self._end = way_points(scene.start, self._legs)[-1]
        self._turn = sum(leg.turn for leg in self._legs)
        self._way = sum(math.hypot(*leg.shift) for leg in self._legs)
        self._stop = DwellTimer(STOP_TIME)
        self._state = SuccessState()
        self._last: tuple[float, Pose] = (0.0, scene.start)
        self._turned = 0.0
        self._middle: list[tuple[float, float, float]] = []
        self._placed = self._paced = self._postured = False

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        state = self._state
        if state.strict:
            return
        state.note(world)
        still = self._still(world)
        state.distance = math.dist(world.pose[:2], self._end[:2])
        height = float(world.position_w[2]) - world.standing_height
        self._watch(world, height)
        self._placed = self._at_end(PLACE_SHARE, self._place_least, HEADING)
        self._paced = self._pace_holds()
        self._postured = self._posture_holds(height, pitch_of(world.quat))
        stopped = self._stop.update(world.time, self._placed and still)
        in_time = world.time <= TIME_LIMIT + CLOCK_SLACK
        poses = any(leg.do == "pose" for leg in self._legs)
        near = self._at_end(LOOSE_SHARE, LOOSE_LEAST, LOOSE_HEADING)
        state.quard |= near and in_time and (self._postured or not poses)
        state.strict = stopped and self._paced and self._postured and state.clean and in_time

    def _still(self, world: WorldState) -> bool:
        """Tell whether the base neither walks nor turns; add up what it has turned."""
        before, pose = self._last
        step = wrap(world.pose[2] - pose[2])
        self._turned += step
        passed = world.time - before
        self._last = (world.time, world.pose)
        return world.speed <= STOP_SPEED and abs(step) <= STOP_TURN * passed

    def _watch(self, world: WorldState, height: float) -> None:
        """Note time, distance from the start and height over the middle of the way."""
        gone = math.dist(world.pose[:2], self._start[:2])
        if MIDDLE[0] * self._way <= gone <= MIDDLE[1] * self._way and self._way > 0.0:
            self._middle.append((world.time, gone, height))

    @property
    def _place_least(self) -> float:
        """Return the smallest error of the place that is allowed, m."""
        open_ended = any(leg.do == "walk" and not leg.amount for leg in self._legs)
        return FREE_LEAST if open_ended else PLACE_LEAST

    def _at_end(self, share: float, least: float, heading: float) -> bool:
        """Tell whether the base is at the asked pose up to these errors."""
        near = self._state.distance <= max(share * self._way, least)
        return near and abs(self._turned - self._turn) <= heading

    def _pace_holds(self) -> bool:
        """Tell whether the base went over the middle of its only leg at the asked pace."""
        band = SPEEDS[self._legs[0].pace]
        if band == ANY:
            return True
        if len(self._middle) < 2:
            return False
        (first, begin, _), (last, end, _) = self._middle[0], self._middle[-1]
        return inside((end - begin) / max(last - first, CLOCK_SLACK), band)

    def _posture_holds(self, height: float, pitch: float) -> bool:
        """Tell whether the base is posed as asked, or walked the middle of its way like that."""
        leg: Leg = self._legs[0]
        if leg.do == "pose":
            return inside(height, leg.height) and inside(pitch, leg.pitch)
        if leg.height == ANY:
            return True
        heights = [entry[2] for entry in self._middle]
        return bool(heights) and inside(float(np.mean(heights)), leg.height)

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        state = self._state
        over = state.strict or state.fallen or state.time >= TIME_LIMIT
        return over or (state.touched and state.quard)

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update; the distance is to the asked place."""
        causes = {"pose": not self._placed, "pace": not self._paced, "posture": not self._postured}
        return self._state.result(causes)


def referents(scene: Scene) -> tuple[Referent, ...]:
    """Return nothing: no thing is named."""
    del scene
    return ()


TASK = Task(
    name="move",
    summary="Move the body as told: walk, turn, take a pose, at a pace or in a posture.",
    draw=draw_move,
    success=MoveSuccess,
    expert=MoveExpert,
    referents=referents,
    capacity=SceneCapacity(objects=PROPS, geoms=5),
    time_limit_s=TIME_LIMIT,
    reasons={
        "pose": "did not end where it was told",
        "pace": "did not keep the pace",
        "posture": "did not take the posture",
    },
    goal_in=move_goal_in,
)
