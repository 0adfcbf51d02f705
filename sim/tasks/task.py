"""What a task is: how its scenes are drawn, when it is done, and who solves it.

A task is found by convention: ``canter.sim.tasks.<name>`` holds it as ``TASK``, and
``canter.datasets.language.tasks.<name>`` its grammar. Nothing else names it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import SceneError
from canter.sim.scenes.scene import Goal, Scene, SceneCapacity
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.world_state import WorldState


@dataclass(frozen=True, slots=True)
class EpisodeResult:
    """How an episode went.

    Attributes:
        strict: the right thing, in the right place, stopped, nothing touched, no fall, in time.
        quard: the loose criterion, published by QUARD where it has the task.
        reason: why ``strict`` is not met; empty where it is.
        time: at which the strict criterion was met, or of the last update, s.
        distance: from the base to what was named, m; NaN if it is not there.
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


class SuccessChecker(Protocol):
    """Follows one robot's episode and says how it went; told of every control step."""

    def update(self, world: WorldState) -> None:
        """Take in one control step."""

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the result."""

    def result(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""


class Expert(Protocol):
    """Drives one robot through GaitCommands, with the ground truth before it."""

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is; called before each plan, at 5 Hz or more."""

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12), as GaitCommand arrays."""


@dataclass(frozen=True, slots=True)
class Referent:
    """A thing that the words name.

    Attributes:
        name: what a person would call it, such as ``red ball``.
        objects: indices of the scene's objects that it may be; empty where it is the ball.
    """

    name: str
    objects: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        name: of its folder.
        summary: what it asks of the robot, in one line.
        draw: draws a solvable scene; the same request gives the same scene.
        success: returns a fresh checker of one episode in a scene.
        expert: returns a fresh expert for a scene.
        referents: returns what a scene's words name, in the order of the words.
        capacity: room in its models.
        time_limit_s: within which the strict criterion must be met, s.
        reasons: what each of its own reasons of failure means, in words that follow "the robot".
        quard: whether it is one of the six tasks of the QUARD benchmark.
        goal_in: returns the goal of an instruction's words in a scene of any task, or raises
            SceneError; None where only scenes of its own hold what it needs.
    """

    name: str
    summary: str
    draw: Callable[[SceneRequest], Scene]
    success: Callable[[Scene], SuccessChecker]
    expert: Callable[[Scene], Expert]
    referents: Callable[[Scene], tuple[Referent, ...]]
    capacity: SceneCapacity
    time_limit_s: float
    reasons: Mapping[str, str] = field(default_factory=dict)
    quard: bool = False
    goal_in: Callable[[Scene, Mapping[str, str]], Goal] | None = None

    def sample(self, request: SceneRequest) -> Scene:
        """Return the scene of a request.

        Raises:
            SceneError: unknown level or split, a negative seed, words that no scene of this task
                can hold, or no layout was found.
        """
        request.check(self.name)
        scene = self.draw(request)
        said = dict(scene.words)
        for key, word in request.words.items():
            if word and said.get(key) != word:
                raise SceneError(
                    f"no scene of {self.name} has the {key} '{word}'; its words are "
                    f"{', '.join(said)}"
                )
        return scene
