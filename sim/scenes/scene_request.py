"""What a scene is asked to be, and tries until one can be solved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from canter.control.errors import SceneError
from canter.sim.planar import Pose
from canter.sim.rendering.appearance import Appearance
from canter.sim.scenes.scene import LEVELS, SPLITS, Goal, Scene, SceneObject

TRIES = 200
MAX_SEED = 10**9
"""Seeds of training scenes lie below; evaluation takes its seeds from above."""


@dataclass(frozen=True, slots=True)
class SceneRequest:
    """What a task's scene is asked to be.

    Attributes:
        seed: of the scene.
        level: one of LEVELS.
        split: one of SPLITS.
        words: what the instruction names, by name, which the scene must hold; what is left out or
            empty is drawn.
    """

    seed: int
    level: int = 2
    split: str = "seen"
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> bool:
        """Whether what is named is to be held out of training."""
        return self.split == "unseen_object"

    @property
    def asks(self) -> bool:
        """Whether the words name anything."""
        return any(self.words.values())

    def check(self, task: str) -> None:
        """Refuse what no task can draw.

        Raises:
            SceneError: unknown level or split, or a negative seed.
        """
        if self.level not in LEVELS:
            raise SceneError(f"{task} has no level {self.level}; choose 1 (easy), 2 or 3 (hard)")
        if self.split not in SPLITS:
            raise SceneError(f"unknown split '{self.split}'; choose one of {', '.join(SPLITS)}")
        if self.seed < 0:
            raise SceneError(f"seed {self.seed} is negative; seeds start at 0")

    def rng(self, stream: int) -> np.random.Generator:
        """Return the source of the scene's draws.

        Splits ``seen`` and ``unseen_instruction`` share their scenes.

        Args:
            stream: the task's own number, so that tasks draw apart.
        """
        seeds = [self.seed, self.level, int(self.new), stream]
        return np.random.default_rng(np.random.SeedSequence(seeds))

    def fits(self, key: str, value: str) -> bool:
        """Tell whether a word of the scene may have this value."""
        return (self.words.get(key) or value) == value

    def named(self, key: str, known: Sequence[str]) -> str | None:
        """Return the word that is asked for, None where it is left to the draw.

        Raises:
            SceneError: no scene of the task can hold it.
        """
        word = self.words.get(key) or None
        if word is not None and word not in known:
            raise SceneError(f"no scene has the {key} '{word}'; choose one of {', '.join(known)}")
        return word

    def scene(
        self,
        task: str,
        appearance: Appearance,
        placed: tuple[tuple[SceneObject, ...], Pose],
        words: Mapping[str, str],
        goal: Goal,
        novelty: str,
    ) -> Scene:
        """Return the scene that was asked for.

        Args:
            task: its task.
            appearance: light, floor, walls and camera errors.
            placed: its objects and the start.
            words: what its instruction needs.
            goal: what is to be reached.
            novelty: what the split ``unseen_object`` holds out of training.
        """
        objects, start = placed
        return Scene(
            task=task,
            level=self.level,
            seed=self.seed,
            split=self.split,
            novelty=novelty if self.new else "none",
            objects=objects,
            start=start,
            appearance=appearance,
            words=tuple(words.items()),
            goal=goal,
        )

    def no_layout(self, task: str, tries: int) -> SceneError:
        """Return the error of a scene that found no solvable layout."""
        return SceneError(
            f"no solvable layout of {task}, level {self.level}, seed {self.seed} in {tries} tries; "
            "choose another seed"
        )


Draw = Callable[[np.random.Generator, SceneRequest], Scene | None]
"""Draws a scene; None where its things found no room or it cannot be solved."""


def first_good(task: str, request: SceneRequest, stream: int, draw: Draw) -> Scene:
    """Return the first scene of a request's own draws that can be solved.

    Args:
        task: name of the task.
        request: what was asked for.
        stream: the task's own number.
        draw: one try.

    Raises:
        SceneError: no scene in TRIES tries.
    """
    rng = request.rng(stream)
    for _ in range(TRIES):
        scene = draw(rng, request)
        if scene is not None:
            return scene
    raise request.no_layout(task, TRIES)
