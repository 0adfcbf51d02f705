"""A checker that is told of world states written by hand, one after another."""

import math

import numpy as np

from canter.sim.planar import Pose
from canter.sim.scenes.shapes import Thing
from canter.sim.tasks.task import SuccessChecker
from canter.sim.world_state import WorldState

PERIOD = 0.02


class Told:
    """A checker that is told of poses, one control step after another."""

    def __init__(self, checker: SuccessChecker) -> None:
        self.checker = checker
        self.time = 0.0

    def stay(
        self, pose: Pose, seconds: float, *, speed: float = 0.0, touched: bool = False
    ) -> "Told":
        for _ in range(round(seconds / PERIOD)):
            self.time += PERIOD
            place, quat = np.array([pose[0], pose[1], 0.29]), np.array([1.0, 0.0, 0.0, 0.0])
            objects = frozenset({0}) if touched else frozenset()
            self.checker.update(
                WorldState(self.time, pose, place, quat, speed, touched, objects, fallen=False)
            )
        return self

    @property
    def reason(self) -> str:
        result = self.checker.result()
        assert result.strict is (result.reason == "")
        return result.reason


def before(thing: Thing, direction: float = 0.3) -> Pose:
    """Return a pose 0.5 m before a thing, facing it."""
    far = thing.size[0] / 2 + 0.5
    x, y = thing.x - far * math.cos(direction), thing.y - far * math.sin(direction)
    return x, y, direction
