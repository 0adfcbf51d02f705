"""Robots that somebody steers into things on purpose, with and without avoidance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.avoidance.avoidance import AvoidanceReport
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.robot import RobotSpec
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.sim.avoiding_gait import AvoidingGait
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import GaitPolicy
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.world_state import WorldState

FASTEST, ASIDE, TURN = 0.8, 0.3, 1.0
"""Largest velocity forwards and sideways, m/s, and turn rate, rad/s, that are asked for."""
STEERING = 2.0
"""Turn rate asked for by each radian to the thing, 1/s."""
EACH_S = 4.0
"""How long one thing is aimed at, s."""


@dataclass(frozen=True, slots=True)
class BlindDrive:
    """How one drive went.

    Attributes:
        touched_s: time of the first touch, s; None where there was none.
        fell: the robot fell.
        way: covered in the plane, m.
        changed: share of the commands that avoidance changed; 0 without it.
    """

    touched_s: float | None
    fell: bool
    way: float
    changed: float


class Rammer:
    """Steers one robot into the things of its scene, one after the other.

    Args:
        scene: where it is.
        rng: draws things and velocities.
        backwards: it also drives backwards, into what it turns its back on.
    """

    def __init__(self, scene: Scene, rng: np.random.Generator, *, backwards: bool) -> None:
        self._scene, self._rng, self._backwards = scene, rng, backwards
        self._until, self._at = 0.0, (0.0, 0.0)
        self._forwards, self._aside, self._sign = 0.0, 0.0, 1.0

    def command(self, world: WorldState) -> NDArray[np.float32]:
        """Return what is asked for now, order of GAIT_RANGES, (12,)."""
        if world.time >= self._until:
            self._choose(world.time)
        x, y, yaw = world.pose
        bearing = np.arctan2(self._at[1] - y, self._at[0] - x) - yaw
        bearing += np.pi if self._sign < 0 else 0.0
        bearing = (bearing + np.pi) % (2 * np.pi) - np.pi
        turn = float(np.clip(STEERING * bearing, -TURN, TURN))
        command = GaitCommand().to_array()
        velocity = (self._sign * self._forwards, self._aside, turn)
        for name, value in zip(VELOCITY_FIELDS, velocity, strict=True):
            command[GAIT_LAYOUT[name]] = value
        return command

    def _choose(self, now: float) -> None:
        rng, things = self._rng, self._scene.objects
        thing = things[int(rng.integers(len(things)))]
        self._until, self._at = now + EACH_S, (thing.x, thing.y)
        self._sign = -1.0 if self._backwards and rng.random() < 0.5 else 1.0
        most = FASTEST if self._sign > 0 else FASTEST / 2
        self._forwards, self._aside = rng.uniform(most / 2, most), rng.uniform(-ASIDE, ASIDE)


def drive(
    scenes: Sequence[Scene], robot: RobotSpec, seconds: float, *, avoid: bool, backwards: bool
) -> list[BlindDrive]:
    """Drive one robot in each scene, side by side; a touch does not end its drive.

    Args:
        scenes: of one task.
        robot: the robot, with a shipped gait.
        seconds: length of a drive, s.
        avoid: commands pass an `Avoidance`.
        backwards: see `Rammer`.
    """
    rngs = [np.random.default_rng([scene.seed, 0xB11D]) for scene in scenes]
    rammers = [
        Rammer(scene, rng, backwards=backwards) for scene, rng in zip(scenes, rngs, strict=True)
    ]
    session = OnnxSession(shipped_policy(robot.name, "gait"), robot=robot)
    with SceneEnv(scenes, robot=robot) as env:
        walker: GaitPolicy = LocomotionPolicy(session, env.n, robot)
        avoiding = AvoidingGait(walker, env) if avoid else None
        touched: list[float | None] = [None] * env.n
        way, worlds = np.zeros(env.n), env.world_states()
        for _ in range(round(seconds / CONTROL_PERIOD)):
            commands = [rammer.command(w) for rammer, w in zip(rammers, worlds, strict=True)]
            env.step((avoiding or walker).step(env.states(), np.stack(commands)))
            before, worlds = worlds, env.world_states()
            for i in map(int, np.flatnonzero(env.active)):
                way[i] += np.linalg.norm((worlds[i].position_w - before[i].position_w)[:2])
                if worlds[i].touched and touched[i] is None:
                    touched[i] = worlds[i].time
                env.active[i] = not worlds[i].fallen
        reports = avoiding.reports if avoiding else [AvoidanceReport()] * env.n
    return [
        BlindDrive(at, world.fallen, float(far), report.changed / max(report.commands, 1))
        for at, world, far, report in zip(touched, worlds, way, reports, strict=True)
    ]
