"""An expert for go_to that can be imitated: it acts only on what its camera has shown it.

Until the target has been in view it turns left in place; after a full turn in vain it walks on
to a new place and turns again. Once seen, it walks up to the target, round other objects, and
stops. The rule is a function of pose and memory, so it labels any state that a learner visits.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.sim.experts.steering import Disc, clearest_heading, detour, free_distance
from canter.sim.planar import Pose, wrap
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.scenes.visibility import VisibilityCheck, mounted_camera, rotation
from canter.sim.tasks.go_to.go_to_scene import GoToGoal, goal_of
from canter.sim.world_state import WorldState

MAX_SPEED, MAX_TURN = 0.7, 1.0
"""Limits of vx, m/s, and of wz, rad/s."""
SEARCH_TURN = 0.8
TURN_GAIN = 1.8
"""Turn rate per heading error, 1/s."""
SPEED_GAIN = 1.0
"""Speed per remaining distance, 1/s."""
MIN_SPEED = 0.15
"""Slowest approach, m/s."""
STOP_AT = 0.52
"""Distance of the base origin from the surface that the approach aims at, m."""
STOP_ZONE = (0.38, 0.60)
"""Distances at which it stands still, m."""
TOO_NEAR = 0.36
BACK_SPEED = -0.15
STOP_FACING = math.radians(14.0)
TURN_IN_PLACE = math.radians(60.0)
CLEARANCE = 0.42
"""Room between the base origin and other surfaces on the way, m: half width 0.25 and a margin."""
LEAST_CLEARANCE = 0.3
FULL_TURN = 1.05 * math.tau
WALK_ON = 1.0
"""Way to the next place to search from, m."""
ARRIVED = 0.15

Command = tuple[float, float, float]
"""vx (m/s), wz (rad/s), terminate."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the expert remembers.

    Attributes:
        seen: indices of the matching objects that have been in view.
        turned: how far it has turned left in search at this place, rad.
        next_place: where it walks to search on, world frame, m; None while it turns.
    """

    seen: frozenset[int] = frozenset()
    turned: float = 0.0
    next_place: tuple[float, float] | None = None


class GoToExpert:
    """Drives one robot, or tells what it should do.

    Args:
        scene: the ground truth; things count only once seen, obstacles always.
        goal: what to go to; that of the scene by default.
    """

    def __init__(self, scene: Scene, goal: GoToGoal | None = None) -> None:
        self._goal = goal or goal_of(scene)
        self._camera_jitter = scene.appearance.camera
        self._sight = VisibilityCheck(self._goal.things)
        self._discs = [Disc(o.x, o.y, o.radius + CLEARANCE) for o in self._goal.things]
        self._template = GaitCommand().to_array()
        self.memory = Memory()
        self._pose: Pose = scene.start

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is and what its camera sees there; call it at least at 5 Hz."""
        camera = mounted_camera(world.position_w, rotation(world.quat), self._camera_jitter)
        visible = self._sight.visible(camera)
        seen = frozenset(i for i in self._goal.matching if visible[i])
        pose = world.pose
        memory = replace(self.memory, seen=self.memory.seen | seen)
        self.memory = self._remember(memory, pose, wrap(pose[2] - self._pose[2]))
        self._pose = pose

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, shape (10, 12), as GaitCommand arrays.

        The expert's own rule is rolled forward with unicycle kinematics from the observed pose.
        """
        pose, memory = self._pose, self.memory
        chunk = np.tile(self._template, (CHUNK_STEPS, 1))
        for step in range(CHUNK_STEPS):
            vx, wz, terminate = self._rule(pose, memory)
            chunk[step, GAIT_LAYOUT["vx"]] = vx
            chunk[step, GAIT_LAYOUT["wz"]] = wz
            chunk[step, GAIT_LAYOUT["terminate"]] = terminate
            x, y, yaw = pose
            turn = wz * CHUNK_SPACING_S
            ahead = vx * CHUNK_SPACING_S
            middle = yaw + turn / 2
            pose = (x + ahead * math.cos(middle), y + ahead * math.sin(middle), wrap(yaw + turn))
            memory = self._remember(memory, pose, turn)
        return chunk

    def _remember(self, memory: Memory, pose: Pose, turn: float) -> Memory:
        """Return the memory after a step that turned the base by ``turn``, rad, to ``pose``."""
        if memory.seen:
            return memory
        x, y, yaw = pose
        if memory.next_place is not None:
            gone = math.hypot(memory.next_place[0] - x, memory.next_place[1] - y) < ARRIVED
            return Memory() if gone else memory
        turned = max(memory.turned + turn, 0.0)
        if turned < FULL_TURN:
            return replace(memory, turned=turned)
        heading = clearest_heading((x, y), yaw, self._discs)
        way = min(WALK_ON, free_distance((x, y), heading, self._discs))
        return Memory(next_place=(x + way * math.cos(heading), y + way * math.sin(heading)))

    def _rule(self, pose: Pose, memory: Memory) -> Command:
        """Return the command in a state."""
        if memory.seen:
            x, y, _ = pose
            things = [self._goal.things[i] for i in memory.seen]
            target = min(things, key=lambda o: nearest_surface_distance(o, x, y))
            return self._approach(pose, target)
        if memory.next_place is not None:
            return self._walk(pose, memory.next_place, 0.0, self._discs)
        return 0.0, SEARCH_TURN, 0.0

    def _approach(self, pose: Pose, target: Thing) -> Command:
        """Walk up to the target, turn to it, back off from it or stand."""
        x, y, yaw = pose
        distance = nearest_surface_distance(target, x, y)
        error = wrap(math.atan2(target.y - y, target.x - x) - yaw)
        if distance < TOO_NEAR and abs(error) < math.pi / 2:
            return BACK_SPEED, _turn(error), 0.0
        if distance <= STOP_ZONE[1]:
            facing = abs(error) <= STOP_FACING
            return (0.0, 0.0, 1.0) if facing else (0.0, _turn(error), 0.0)
        share = (distance - STOP_AT) / max(math.hypot(target.x - x, target.y - y), 1e-6)
        stop = x + share * (target.x - x), y + share * (target.y - y)
        others = [
            _shrunk(disc, stop)
            for disc, thing in zip(self._discs, self._goal.things, strict=True)
            if thing is not target
        ]
        return self._walk(pose, stop, MIN_SPEED, others)

    def _walk(
        self, pose: Pose, place: tuple[float, float], min_speed: float, discs: list[Disc]
    ) -> Command:
        """Walk to a place round the discs, slower near its end and while it has to turn."""
        x, y, yaw = pose
        dx, dy = place[0] - x, place[1] - y
        remaining = math.hypot(dx, dy)
        heading = detour((x, y), math.atan2(dy, dx), remaining, discs)
        error = wrap(heading - yaw)
        speed = min(max(SPEED_GAIN * remaining, min_speed), MAX_SPEED)
        return speed * max(0.0, 1.0 - abs(error) / TURN_IN_PLACE), _turn(error), 0.0


def _turn(error: float) -> float:
    """Return the turn rate, rad/s, for a heading error, rad."""
    return min(max(TURN_GAIN * error, -MAX_TURN), MAX_TURN)


def _shrunk(disc: Disc, stop: tuple[float, float]) -> Disc:
    """Return the disc made small enough to leave the place to stop outside, within reason."""
    room = math.hypot(disc.x - stop[0], disc.y - stop[1]) - 0.02
    least = disc.radius - CLEARANCE + LEAST_CLEARANCE
    return replace(disc, radius=max(min(disc.radius, room), least))
