"""What an instruction asks, as the vector that the model is told; numpy alone.

A sentence is understood once (`canter.datasets.language.understanding`), before the robot moves.
The model is told its task, what its words name, and what the body is to do; so it hears the same
whatever words were used, and no step pays for language.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import InstructionError
from canter.control.layout import Layout
from canter.control.vocab import GLYPHS, WIDE_COLOURS, WIDE_SHAPES, Target
from canter.datasets.language.amounts import ANGLES, LENGTHS
from canter.datasets.language.tasks import grammar
from canter.datasets.language.understanding import TaskInstruction

Float = NDArray[np.float32]

KINDS: tuple[str, ...] = (*WIDE_SHAPES, "gate", "tunnel", "bar", "bin", "board")
"""What a thing may be; a board is told by its glyph."""
REFERENT = Layout(
    {"named": 1, "colour": len(WIDE_COLOURS), "kind": len(KINDS), "glyph": len(GLYPHS)}
)
"""One thing that the words name: whether they do, then one-hot codes; zeros are "any"."""
MOST_REFERENTS = 2

DOINGS = ("walk", "turn", "pose")
WAYS = ("forward", "back", "left", "right", "up", "down", "high", "low")
PACES = ("slowly", "quickly")
POSTURES = ("low", "high")
LEG = Layout(
    {
        "do": len(DOINGS),
        "way": len(WAYS),
        "pace": len(PACES),
        "posture": len(POSTURES),
        "measured": 1,
        "metres": 1,
        "half_turns": 1,
    }
)
"""One thing that the body is to do: one-hot codes, and how far where that is said."""
MOST_LEGS = 3
WORDS: dict[str, tuple[str, ...]] = {
    "colour": WIDE_COLOURS,
    "kind": KINDS,
    "glyph": GLYPHS,
    "do": DOINGS,
    "way": WAYS,
    "pace": PACES,
    "posture": POSTURES,
}
"""What each one-hot code stands for; a model's contract repeats it."""
_FURTHER = "tells the thing by {}, and this model tells things apart by colour and kind alone"


class InstructionCode:
    """Encodes instructions for a model that knows some tasks.

    Args:
        tasks: in the order of the model's contract.

    Attributes:
        layout: of the vector.
    """

    def __init__(self, tasks: Sequence[str]) -> None:
        self.tasks = tuple(tasks)
        self.layout = Layout(
            {
                "task": len(self.tasks),
                **{f"referent{i}": REFERENT.size for i in range(MOST_REFERENTS)},
                **{f"leg{i}": LEG.size for i in range(MOST_LEGS)},
            }
        )

    def encode(self, asked: TaskInstruction) -> Float:
        """Return the vector of an instruction, (size,).

        Raises:
            InstructionError: it asks for no task of the model, or names what the model has no code
                for; the message says what.
        """
        if asked.task not in self.tasks:
            what = asked.task or asked.kind
            raise InstructionError(
                f"'{asked.text}' asks for {what}, and this model knows {', '.join(self.tasks)}"
            )
        try:
            return self.code(asked.task, asked.words)
        except InstructionError as error:
            raise InstructionError(f"'{asked.text}': {error}") from error

    def code(self, task: str, words: Mapping[str, str]) -> Float:
        """Return the vector of a task and the words of its scene, (size,).

        Raises:
            InstructionError: the model has no code for a word.
        """
        named = grammar(task).targets(words)
        legs = [_words_of_leg(words, number) for number in range(MOST_LEGS)]
        told = set(grammar(task).naming) | {key for leg in legs for key, _ in leg.values()}
        further = sorted(key for key, word in words.items() if word and key not in told)
        if further:
            raise InstructionError(_FURTHER.format(", ".join(further)))
        absent = [np.zeros(REFERENT.size, np.float32)] * (MOST_REFERENTS - len(named))
        parts = [referent_code(target) for target in named] + absent
        packed = {"task": _one_hot(task, self.tasks, "task")}
        packed |= {f"referent{i}": part for i, part in enumerate(parts)}
        packed |= {f"leg{i}": _leg_code(leg) for i, leg in enumerate(legs)}
        return self.layout.pack(packed)

    def known(self, task: str, words: Mapping[str, str]) -> Float | None:
        """Return the vector as `code` does, None where the model has no code for a word."""
        try:
            return self.code(task, words)
        except InstructionError:
            return None


def doing(instruction: Float) -> str:
    """Return in a word what an instruction's vector (size,) first tells the body to do.

    "turn", "pose", or of a walk what is special in it: "sidewards", its pace, "postured" or, where
    nothing is, "walk"; empty where the body is told nothing of that kind.
    """
    leg = LEG.unpack(instruction[-MOST_LEGS * LEG.size :][: LEG.size])
    if not leg["do"].any():
        return ""
    done, way = DOINGS[int(leg["do"].argmax())], WAYS[int(leg["way"].argmax())]
    if done != "walk":
        return done
    if way in ("left", "right"):
        return "sidewards"
    if leg["pace"].any():
        return PACES[int(leg["pace"].argmax())]
    return "postured" if leg["posture"].any() else done


def referent_code(target: Target) -> Float:
    """Return the code of what is named, (REFERENT.size,).

    Raises:
        InstructionError: the model has no code for its colour or its kind.
    """
    glyph = target.shape if target.shape in GLYPHS else None
    kinds = ("board",) if glyph else target.kinds or (None,)
    return REFERENT.pack(
        {
            "named": np.ones(1),
            "colour": _one_hot(target.colour, WIDE_COLOURS, "colour"),
            "kind": np.sum([_one_hot(each, KINDS, "kind") for each in kinds], axis=0),
            "glyph": _one_hot(glyph, GLYPHS, "letter or digit"),
        }
    )


def _words_of_leg(words: Mapping[str, str], number: int) -> dict[str, tuple[str, str]]:
    """Return what a leg is told, by its name: the key and the word."""
    names = ("do", "way", "amount", "pace", "posture")
    return {
        name: (f"{name}{number}", words[f"{name}{number}"])
        for name in names
        if words.get(f"{name}{number}")
    }


def _leg_code(leg: Mapping[str, tuple[str, str]]) -> Float:
    word = {name: said for name, (_, said) in leg.items()}
    amount = word.get("amount")
    return LEG.pack(
        {
            "do": _one_hot(word.get("do"), DOINGS, "doing"),
            "way": _one_hot(word.get("way"), WAYS, "way"),
            "pace": _one_hot(word.get("pace"), PACES, "pace"),
            "posture": _one_hot(word.get("posture"), POSTURES, "posture"),
            "measured": np.array([float(amount is not None)]),
            "metres": np.array([LENGTHS.get(amount or "", 0.0)]),
            "half_turns": np.array([ANGLES.get(amount or "", 0.0) / 180.0]),
        }
    )


def _one_hot(word: str | None, words: Sequence[str], what: str) -> Float:
    code = np.zeros(len(words), np.float32)
    if word is None:
        return code
    if word not in words:
        raise InstructionError(f"the {what} '{word}' is none that this model knows")
    code[words.index(word)] = 1.0
    return code
