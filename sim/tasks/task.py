"""What a family of tasks is: how its scenes are drawn, judged and solved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.sim.scenes.scene import Scene
from canter.sim.tasks.stopping import EpisodeResult
from canter.sim.world_state import WorldState


class Judge(Protocol):
    """Follows one robot's episode and says how it went; told of every control step."""

    def update(self, world: WorldState) -> None:
        """Take in one control step."""

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""

    def verdict(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""


class Expert(Protocol):
    """Drives one robot through GaitCommands, with the ground truth before it."""

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is; called before each plan, at 5 Hz or more."""

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12), as GaitCommand arrays."""


class Sampler(Protocol):
    """Draws the scenes of a family."""

    def __call__(self, seed: int, level: int, split: str = "seen") -> Scene:
        """Return a solvable scene; the same arguments give the same scene.

        Raises:
            SceneError: unknown level or split, a negative seed, or no layout was found.
        """


@dataclass(frozen=True, slots=True)
class SceneCapacity:
    """Room in every model of a family, for all of them must have equal sizes.

    Attributes:
        objects: most objects of a scene.
        geoms: most geoms of a item.
    """

    objects: int
    geoms: int


@dataclass(frozen=True, slots=True)
class Family:
    """A family of tasks.

    Attributes:
        name: by which the registry knows it.
        says: what it asks of the robot, in one line.
        sample: draws a scene.
        judge: returns a fresh judge of one episode in a scene.
        expert: returns a fresh expert for a scene.
        slots: room in its models.
        time_limit: within which the strict verdict must be reached, s.
    """

    name: str
    says: str
    sample: Sampler
    judge: Callable[[Scene], Judge]
    expert: Callable[[Scene], Expert]
    slots: SceneCapacity
    time_limit: float
