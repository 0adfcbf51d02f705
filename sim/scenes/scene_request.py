"""How scenes of a family are drawn: what was asked for, and tries until one can be solved."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from canter.sim.rendering.appearance import Appearance
from canter.sim.scenes.placement import Pose
from canter.sim.scenes.scene import (
    Goal,
    Scene,
    SceneObject,
    check_request,
    no_layout,
    scene_rng,
)

TRIES = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What a sampler was asked for.

    Attributes:
        family: name of the family.
        seed: of the scene.
        level: of the scene.
        split: of the scene.
    """

    family: str
    seed: int
    level: int
    split: str

    @property
    def new(self) -> bool:
        """Whether what is named is to be held out of training."""
        return self.split == "unseen_object"

    def scene(
        self,
        appearance: Appearance,
        placed: tuple[tuple[SceneObject, ...], Pose],
        words: dict[str, str],
        goal: Goal,
        held_out: str,
    ) -> Scene:
        """Return the scene that was asked for.

        Args:
            appearance: light, floor, walls and camera errors.
            placed: its objects and the start.
            words: what its instruction needs.
            goal: what is to be reached.
            held_out: what the split ``unseen_object`` holds out of training.
        """
        objects, start = placed
        return Scene(
            family=self.family,
            level=self.level,
            seed=self.seed,
            split=self.split,
            novelty=held_out if self.new else "none",
            objects=objects,
            start=start,
            appearance=appearance,
            words=tuple(words.items()),
            goal=goal,
        )


Draw = Callable[[np.random.Generator, Request], Scene | None]
"""Draws a scene; None where its things found no room or it cannot be solved."""


def first_good(request: Request, stream: int, draw: Draw) -> Scene:
    """Return the first scene of a request's own draws that can be solved.

    Args:
        request: what was asked for.
        stream: the family's own number, so that families draw apart.
        draw: one try.

    Raises:
        SceneError: unknown level or split, a negative seed, or no scene in TRIES tries.
    """
    check_request(request.family, request.seed, request.level, request.split)
    rng = scene_rng(request.seed, request.level, request.split, stream)
    for _ in range(TRIES):
        scene = draw(rng, request)
        if scene is not None:
            return scene
    raise no_layout(request.family, request.level, request.seed, TRIES)
