"""What a robot is told in a scene."""

import numpy as np

from canter.datasets.language.understanding import say
from canter.sim.scenes.scene import Scene

_WORDS_STREAM = 0x3A1


def instruction_of(scene: Scene) -> str:
    """Return the sentence of a scene, drawn by its seed in the language of its split."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, scene.level, _WORDS_STREAM]))
    return say(scene.task, dict(scene.words), rng, scene.split)
