"""A world to try stitching in: the robot saw A to B and B to C, and is asked to go from A to C.

Seen from above, metres; all routes share the piece from M to B, a walk longer than a model's
context::

    A                                      C  red ball
            .                          .
                    .    M  ->  B
                        .              .
                       S                   E  blue cube

What is earned is the way that is made good towards C, m. From A the drives of the data went on from
B to E, where nothing more is to be earned; those from S, near B, went to C. None went from A to C,
which would earn more than any of them did. The robot is a simulated one that walks by its gait
policy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CommandPolicy, Observation
from canter.control.layout import Layout
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GAIT_RANGES, GaitCommand
from canter.control.vocab import Target
from canter.rl.offline.sequence_agent import SequenceAgent
from canter.rl.offline.sequence_model import SequenceModel
from canter.rl.offline.trajectories import Trajectory
from canter.sim.expert_policy import DisturbedPolicy
from canter.sim.planar import Pose
from canter.sim.rendering.appearance import Appearance
from canter.sim.rollout import Rollout, RolloutOptions
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import NAMED_RGB
from canter.sim.scenes.shapes import Thing, natural_size
from canter.sim.tasks.go_to.go_to_scene import GoToGoal, go_to_scene
from canter.sim.tasks.go_to.go_to_scene import Layout as GoToLayout
from canter.vla.config import CAMERA

Place = tuple[float, float]
Float = NDArray[np.float32]

A, S, M, B, C, E = (-4.4, 1.6), (-1.6, -0.8), (-1.2, 0.0), (0.0, 0.0), (1.8, 1.2), (1.8, -1.2)
ARRIVED = 0.6
"""From the middle of the thing, m."""
PASSED = 0.35
"""A point of a route is passed so near, m."""
LIMIT_S = 20.0
SPEEDS = (0.5, 0.9)
"""Of the drives of the data, m/s."""
NOISE = (0.2, 0.8)
"""Amplitudes of their disturbances; see `DisturbedPolicy`."""
SCATTER, TURNED = 0.2, 0.3
"""Of starts: standard deviations, m and rad."""
TURN_GAIN, MOST_TURN = 1.5, 1.0
"""Of a driver's steering, 1/s and rad/s."""
OBSERVED = Layout({"place": 2, "heading": 2})
"""x and y, m, world frame; cosine and sine of the heading."""
ACTIONS = ("vx", "wz")
AT_ONCE = 50
"""Robots side by side."""


@dataclass(frozen=True, slots=True)
class Drive:
    """What one drive was.

    Attributes:
        trajectory: observations as OBSERVED, actions the velocities commanded, as ACTIONS.
        arrived: whether it came to C.
    """

    trajectory: Trajectory
    arrived: bool


class RouteDriver:
    """Drives N robots along their routes, by their true poses.

    Args:
        env: the robots.
        routes: points to pass, for each.
        speeds: of each, m/s.
    """

    def __init__(
        self, env: SceneEnv, routes: Sequence[Sequence[Place]], speeds: Sequence[float]
    ) -> None:
        self._env, self._speeds = env, speeds
        self._left = [list(route) for route in routes]

    def reset(self, instructions: Sequence[str]) -> None:
        """Routes are given, not told."""
        del instructions

    def act(self, observation: Observation) -> Float:
        """Return a chunk for each robot, (N, K, 12)."""
        del observation
        actions = np.zeros((self._env.n, len(ACTIONS)), np.float32)
        for i, world in enumerate(self._env.world_states()):
            x, y, yaw = world.pose
            left = self._left[i]
            if len(left) > 1 and math.dist((x, y), left[0]) < PASSED:
                left.pop(0)
            off = math.remainder(math.atan2(left[0][1] - y, left[0][0] - x) - yaw, math.tau)
            turn = float(np.clip(TURN_GAIN * off, -MOST_TURN, MOST_TURN))
            actions[i] = self._speeds[i] * max(math.cos(off), 0.0), turn
        return commands(actions)


class SequenceDriver:
    """A sequence model drives N robots.

    Args:
        env: the robots.
        model: that drives.
        target: return that a decision transformer is told; the largest of its data by default.
    """

    def __init__(self, env: SceneEnv, model: SequenceModel, target: float | None = None) -> None:
        self._env = env
        self._agent = SequenceAgent(model, env.n, target)
        self._before = distances(observed(env))

    def reset(self, instructions: Sequence[str]) -> None:
        """Where to go is in the data, not told."""
        del instructions

    def act(self, observation: Observation) -> Float:
        """Return a chunk for each robot, (N, K, 12)."""
        del observation
        seen = observed(self._env)
        now = distances(seen)
        self._agent.earn(self._before - now)
        self._before = now
        return commands(self._agent.act(seen))


def commands(actions: Float) -> Float:
    """Return chunks that hold velocities, (N, 2) to (N, K, 12)."""
    chunk = np.tile(GaitCommand().to_array(), (len(actions), CHUNK_STEPS, 1))
    for name, column in zip(ACTIONS, actions.T, strict=True):
        chunk[..., GAIT_LAYOUT[name]] = np.clip(column, *GAIT_RANGES[name])[:, None, None]
    return chunk


def observed(env: SceneEnv) -> Float:
    """Return where N robots are, (N, OBSERVED.size)."""
    poses = np.array([world.pose for world in env.world_states()])
    x, y, yaw = poses.T
    place, heading = (np.stack(pair, axis=-1) for pair in ((x, y), (np.cos(yaw), np.sin(yaw))))
    return OBSERVED.pack({"place": place, "heading": heading})


def distances(seen: Float) -> Float:
    """Return how far it is to C from what is observed, (N, OBSERVED.size) to (N,), m."""
    away = seen[:, OBSERVED["place"]] - np.array(C, np.float32)
    return np.asarray(np.linalg.norm(away, axis=-1), np.float32)


def whole_way() -> float:
    """Return what the way from A to C earns, which no drive of the data did, m."""
    return math.dist(A, C) - ARRIVED


def scene_at(start: Pose, seed: int) -> Scene:
    """Return the world with its robot at a start."""
    kinds = (("ball", "red", C), ("cube", "blue", E))
    things = tuple(
        Thing(shape, colour, NAMED_RGB[colour], natural_size(shape, 0.3), *place, 0.0)
        for shape, colour, place in kinds
    )
    goal = GoToGoal(things, Target(colour="red", shape="ball"))
    return go_to_scene(SceneRequest(seed), GoToLayout(goal, start, Appearance()))


def starts(place: Place, count: int, seed: tuple[int, ...]) -> list[Pose]:
    """Return poses about a place, that look to M more or less."""
    rng = np.random.default_rng(seed)
    ahead = math.atan2(M[1] - place[1], M[0] - place[0])
    noise = rng.normal(0.0, (SCATTER, SCATTER, TURNED), (count, 3))
    return [(place[0] + dx, place[1] + dy, ahead + turn) for dx, dy, turn in noise]


def recorded(count: int, seed: int) -> list[Drive]:
    """Return drives of the data: of three, two go from A to E and one from S to C."""
    drives: list[Drive] = []
    for start, end, share in ((A, E, 2 / 3), (S, C, 1 / 3)):
        number = round(share * count)
        poses = starts(start, number, (seed, len(drives)))
        rng = np.random.default_rng([seed, len(drives), 1])
        for first in range(0, number, AT_ONCE):
            some = poses[first : first + AT_ONCE]
            speeds, noise = (rng.uniform(*span, len(some)).tolist() for span in (SPEEDS, NOISE))
            with _env(some, seed) as env:
                driver = RouteDriver(env, [(M, B, end)] * len(some), speeds)
                sources = [np.random.default_rng(s) for s in rng.integers(2**31, size=len(some))]
                drives += driven(env, DisturbedPolicy(driver, noise, sources))
    return drives


def asked(model: SequenceModel, count: int, seed: int, target: float | None = None) -> list[Drive]:
    """Return drives of a model from A, of the same starts for every model."""
    drives: list[Drive] = []
    poses = starts(A, count, (seed, 2))
    for first in range(0, count, AT_ONCE):
        with _env(poses[first : first + AT_ONCE], seed) as env:
            drives += driven(env, SequenceDriver(env, model, target))
    return drives


def _env(poses: Sequence[Pose], seed: int) -> SceneEnv:
    return SceneEnv([scene_at(pose, seed) for pose in poses], camera=CAMERA)


def driven(env: SceneEnv, policy: CommandPolicy) -> list[Drive]:
    """Let robots drive until each has come to C or to E, or the time is over."""
    gait = LocomotionPolicy(OnnxSession(GAIT, robot=env.robot), env.n)
    options = RolloutOptions(pictures=False, stop_when_decided=False)
    rollout = Rollout(env, gait, policy, options=options)
    rows: list[list[tuple[Float, Float, float]]] = [[] for _ in range(env.n)]
    arrived = np.zeros(env.n, bool)
    for _ in range(round(LIMIT_S / CAMERA.period)):
        seen, moving = observed(env), env.active.copy()
        rollout.advance()
        done, worlds = rollout.observe().last_command, env.world_states()
        before, after = distances(seen), distances(observed(env))
        for i in map(int, np.flatnonzero(moving)):
            action = np.concatenate([done[i, GAIT_LAYOUT[name]] for name in ACTIONS])
            rows[i].append((seen[i], action, float(before[i] - after[i])))
            arrived[i] = after[i] < ARRIVED
            x, y, _ = worlds[i].pose
            env.active[i] = not arrived[i] and math.dist((x, y), E) >= ARRIVED
        if not env.active.any():
            break
    return [_drive(row, bool(there)) for row, there in zip(rows, arrived, strict=True)]


def _drive(rows: Sequence[tuple[Float, Float, float]], arrived: bool) -> Drive:
    seen, done, earned = (np.stack(column) for column in zip(*rows, strict=True))
    return Drive(Trajectory(seen, done, earned.astype(np.float32), failed=not arrived), arrived)
