"""What a robot is told in a scene."""

from dataclasses import replace

import numpy as np

from canter.control.errors import InstructionError, SceneError
from canter.control.vocab import Target
from canter.datasets.language.tasks import grammar
from canter.datasets.language.understanding import TaskInstruction, say, understand
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Referent

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


def check_holds(scene: Scene, asked: TaskInstruction) -> None:
    """Make sure that a scene holds what a sentence of any task names.

    Raises:
        InstructionError: it does not; the message says what there is.
    """
    try:
        missing = lacking(scene, asked)
    except SceneError as error:
        raise InstructionError(f"nothing here is like that: {error}") from error
    if missing:
        there = ", ".join(names_in(scene)) or "nothing"
        raise InstructionError(f"there is no {missing} here; there is: {there}")


def names_in(scene: Scene) -> tuple[str, ...]:
    """Return what a person would call the things of a scene, each name once."""
    names = [item.name for item in scene.objects] + [ball.name for ball in _led_ball(scene)]
    return tuple(dict.fromkeys([*names, *(["ball on my back"] if scene.tray else [])]))


def lacking(scene: Scene, asked: TaskInstruction) -> str:
    """Return what a scene lacks for a sentence of any task, such as ``red gate``.

    A scene of that task, drawn with the same words, says whether a name stands for a thing on the
    floor, for a ball that is led about, or for a bin for the ball on the robot's back.

    Raises:
        SceneError: no scene at all holds what the sentence names.
    """
    targets, other = grammar(asked.task).targets(asked.words), task(asked.task)
    if not targets:
        return ""
    like = other.sample(SceneRequest(0, level=1, words=asked.words))
    if like.tray and not scene.tray:
        return "ball on my back"
    for target, meant in zip(targets, other.referents(like), strict=True):
        if not _holds(scene, target, on_floor=bool(meant.objects)):
            return target.name if meant.objects else f"{target.name} that rolls about"
    return ""


def _holds(scene: Scene, target: Target, *, on_floor: bool) -> bool:
    if on_floor:
        return any(target.matches(item.colour, item.kind) for item in scene.objects)
    return any(target.colour is None or ball.name == target.name for ball in _led_ball(scene))


def _led_ball(scene: Scene) -> tuple[Referent, ...]:
    """Return the ball that is led along a path, as the scene's words name it."""
    led = scene.ball is not None and scene.ball.path is not None
    referents = task(scene.task).referents(scene) if led else ()
    return tuple(one for one in referents if not one.objects)
