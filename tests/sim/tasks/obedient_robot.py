"""A robot of unicycle kinematics that does at once what it is told, and its episodes."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.types import GAIT_LAYOUT
from canter.sim.experts.walking import GaitOverrides, moved
from canter.sim.planar import Pose
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult, Expert, SuccessChecker
from canter.sim.world_state import WorldState

STEP = 0.02
Spoiler = Callable[[WorldState], WorldState]


class Walker:
    """A robot that does at once what it is told, and whose ball falls where it tips."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.pose: Pose = scene.start
        self.tipped_for = 0.0
        self.time = 0.0

    def step(self, wanted: GaitOverrides) -> WorldState:
        """Return the world after one control step."""
        self.time += STEP
        self.pose = moved(self.pose, wanted, STEP)
        self.tipped_for += STEP if wanted.body_pitch > 0.25 else 0.0
        x, y, _ = self.pose
        half = wanted.body_pitch / 2
        return WorldState(
            time=self.time,
            pose=self.pose,
            position_w=np.array([x, y, GO2.standing_height + wanted.body_height]),
            quat=np.array([math.cos(half), 0.0, math.sin(half), 0.0]),
            speed=math.hypot(wanted.vx, wanted.vy),
            touched=False,
            touched_objects=frozenset(),
            fallen=False,
            ball_w=self.ball(),
        )

    def ball(self) -> NDArray[np.float64] | None:
        """Return where the ball is: led, on the back, or 0.63 m ahead once tipped."""
        ball = self.scene.ball
        if ball is None:
            return None
        if ball.path is not None:
            return np.array([*ball.path.at(self.time), ball.radius])
        x, y, yaw = self.pose
        ahead, high = (0.63, 0.05) if self.tipped_for > 0.5 else (0.1, 0.4)
        return np.array([x + ahead * math.cos(yaw), y + ahead * math.sin(yaw), high])


def overrides(chunk: NDArray[np.float32]) -> Iterator[GaitOverrides]:
    """Yield what each control step of the first 0.2 s of a chunk wants, stopped when done."""
    names = ("vx", "vy", "wz", "body_height", "body_pitch", "swing_height", "terminate")
    for row in chunk[:2]:
        wanted = GaitOverrides(**{name: float(row[GAIT_LAYOUT[name]].item()) for name in names})
        done = wanted.terminate > 0.5
        yield from [replace(wanted, vx=0.0, vy=0.0, wz=0.0) if done else wanted] * 5


def episode(scene: Scene, spoil: Spoiler = lambda world: world) -> EpisodeResult:
    """Let the expert drive a walker until the checker is done, which is told of spoilt worlds."""
    one = task(scene.task)
    return driven(Walker(scene), one.expert(scene), one.success(scene), spoil)


def driven(
    walker: Walker,
    expert: Expert,
    checker: SuccessChecker,
    spoil: Spoiler = lambda world: world,
) -> EpisodeResult:
    """Let an expert drive a walker until a checker is done."""
    world = walker.step(GaitOverrides())
    while not checker.done:
        expert.observe(world)
        for wanted in overrides(expert.plan()):
            world = walker.step(wanted)
            checker.update(spoil(world))
    return checker.result()
