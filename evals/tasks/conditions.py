"""What a split changes beside things and words: the camera, or the robot's body and ground.

Such a split has kinds by name, which take turns over the scenes' seeds; the scenes are those of the
split ``seen``. How far a kind goes is drawn by the scene's seed, beyond all that training draws.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from canter.sim.physics.ranges import NOMINAL_DYNAMICS, DynamicsRanges
from canter.sim.rendering.appearance import SHIFT_B, TURN, CameraJitter
from canter.sim.rendering.image_corruptions import CORRUPTIONS, Corruption, Filter
from canter.sim.scenes.scene import Scene

UNSEEN_CAMERA: Final = "unseen_camera"
UNSEEN_DYNAMICS: Final = "unseen_dynamics"
BEYOND = (1.5, 3.0)
"""How far a camera is shifted or turned: so many times the most that training has."""
_STREAM = 0xC0D

Mounting = Callable[[CameraJitter, np.random.Generator], CameraJitter]
"""Draws a mounting error of the camera in place of the scene's."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What one kind of a split changes in an episode.

    Attributes:
        kind: its name; empty for what changes nothing.
        mounting: draws another mounting of the camera; None keeps the scene's.
        corruption: draws what spoils the pictures; None for nothing.
        dynamics: from which the robot's are drawn.
    """

    kind: str = ""
    mounting: Mounting | None = None
    corruption: Corruption | None = None
    dynamics: DynamicsRanges = NOMINAL_DYNAMICS

    def applied(self, scene: Scene) -> Scene:
        """Return the scene with its camera mounted as this kind draws it."""
        if self.mounting is None:
            return scene
        look = scene.appearance
        jitter = self.mounting(look.camera, _rng(scene, "mounting"))
        return replace(scene, appearance=replace(look, camera=jitter))

    def filter_of(self, scene: Scene, size: tuple[int, int]) -> Filter | None:
        """Return what spoils all pictures of a scene, of this height and width, px."""
        return self.corruption and self.corruption(_rng(scene, "pictures"), size)


def pose(mounted: CameraJitter, rng: np.random.Generator) -> CameraJitter:
    """Shift the camera along every axis and pitch it."""
    x, y, z = (_beyond(limit, rng) for limit in SHIFT_B)
    return replace(mounted, position_b=(x, y, z), pitch=_beyond(TURN, rng))


def field_of_view(mounted: CameraJitter, rng: np.random.Generator) -> CameraJitter:
    """Put a wider or a narrower lens on."""
    return replace(mounted, fovy=_beyond(TURN, rng))


CONDITIONS: dict[str, tuple[Condition, ...]] = {
    UNSEEN_CAMERA: (
        Condition("pose", mounting=pose),
        Condition("field of view", mounting=field_of_view),
        *(Condition(name, corruption=draw) for name, draw in CORRUPTIONS.items()),
    ),
    UNSEEN_DYNAMICS: (
        Condition("heavy", dynamics=replace(NOMINAL_DYNAMICS, added_mass=(4.0, 8.0))),
        Condition("slippery", dynamics=replace(NOMINAL_DYNAMICS, friction=(0.15, 0.3))),
        Condition("weak", dynamics=replace(NOMINAL_DYNAMICS, strength=(0.55, 0.8))),
        Condition("late", dynamics=replace(NOMINAL_DYNAMICS, delay_steps=(5, 10))),
    ),
}
"""The kinds of each split that has some."""
USUAL = (Condition(),)


def scene_split(split: str) -> str:
    """Return the split of scenes and language that a split draws from."""
    return "seen" if split in CONDITIONS else split


def condition(split: str, seed: int) -> Condition:
    """Return what a split changes in the scene of a seed."""
    kinds = CONDITIONS.get(split, USUAL)
    return kinds[seed % len(kinds)]


def _beyond(limit: float, rng: np.random.Generator) -> float:
    """Return a draw of either sign beyond a limit."""
    return float(limit * rng.uniform(*BEYOND) * rng.choice([-1.0, 1.0]))


def _rng(scene: Scene, what: str) -> np.random.Generator:
    """Return the source of one of a scene's draws, apart from all others."""
    words = [scene.seed, scene.level, _STREAM, *what.encode()]
    return np.random.default_rng(np.random.SeedSequence(words))
