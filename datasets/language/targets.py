"""What a sentence asks of a model that knows some tasks, and how to say it to the model."""

from collections.abc import Sequence

from canter.control.errors import InstructionError
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.datasets.language.lexicon import SHAPE_WORDS, concepts
from canter.datasets.language.understanding import TaskInstruction, understand

THING = "thing"
EXAMPLE = "such as 'go to the red ball'"


def target_of(text: str) -> Target:
    """Return what a sentence asks the robot to go to.

    Args:
        text: anything that a person may say or type.

    Returns:
        The target; its colour or its shape is None where the sentence leaves it open.

    Raises:
        InstructionError: the sentence is not understood, asks for another task, or tells the thing
            by what the model cannot see; the message says why and what to say instead.
    """
    return _target(understand(text), ("go_to",))


def plain_sentence(text: str, tasks: Sequence[str]) -> str:
    """Return what was understood in words that a model of these tasks knows.

    Args:
        text: anything that a person may say or type: "um, pop over to the teal sphere".
        tasks: that the model was trained for.

    Returns:
        Such as "go to the blue ball"; a sentence of another task than go_to as it is.

    Raises:
        InstructionError: as `target_of`, for the model's tasks.
    """
    read = understand(text)
    if read.task in tasks and read.task != "go_to":
        return text
    target = _target(read, tasks)
    words = (target.colour, target.shape or THING)
    return f"go to the {' '.join(word for word in words if word)}"


def _target(read: TaskInstruction, tasks: Sequence[str]) -> Target:
    """Return what is to be gone to, or refuse what the tasks or the vocabulary lack."""
    if read.task != "go_to":
        asked = read.task or read.kind
        raise InstructionError(
            f"'{read.text}' asks for {asked}, and this model knows {', '.join(tasks)} alone: say "
            f"where to go, {EXAMPLE}."
        )
    further = sorted(set(read.words) - {"colour", "shape"})
    if further:
        raise InstructionError(
            f"'{read.text}' tells the thing by {', '.join(further)}, and this model tells things "
            f"apart by colour and shape alone: name them, {EXAMPLE}."
        )
    colour, shape = read.words.get("colour"), read.words.get("shape")
    shape = concepts(SHAPE_WORDS).get(shape, shape) if shape else None  # no pyramids, but cones
    for what, value, known in (("colour", colour, COLOURS), ("shape", shape, SHAPES)):
        if value is not None and value not in known:
            raise InstructionError(
                f"the {what} '{value}' is none that this model knows: choose one of "
                f"{', '.join(known)}."
            )
    return Target(colour, shape)
