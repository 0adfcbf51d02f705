"""What a robot is told in a scene."""

from dataclasses import replace

import numpy as np

from canter.control.errors import InstructionError
from canter.datasets.language.understanding import say, understand
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task

_WORDS_STREAM = 0x3A1


def instruction_of(scene: Scene) -> str:
    """Return the sentence of a scene, drawn by its seed in the language of its split."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, scene.level, _WORDS_STREAM]))
    return say(scene.task, dict(scene.words), rng, scene.split)


def instructed_scene(text: str, request: SceneRequest) -> Scene:
    """Return the scene of a request that holds what a sentence names.

    Args:
        text: a sentence, or the name of a thing to go to, such as ``red ball``.
        request: seed, level and split; its words are those of the sentence.

    Raises:
        InstructionError: the sentence asks for no task.
        SceneError: no scene holds what it names.
    """
    try:
        instruction = understand(text)
    except InstructionError:
        instruction = understand(f"go to the {text}")
    if instruction.kind != "task":
        raise InstructionError(f"'{text}' asks for no task; say one, such as 'go to the red ball'")
    named = replace(request, words=dict(instruction.words))
    return task(instruction.task).sample(named)
