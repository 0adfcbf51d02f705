"""Which known word a misspelt or unknown one may stand for, and the sentences that say so."""

import difflib

from canter.control.errors import InstructionError
from canter.control.vocab import COLOURS, SHAPES
from canter.datasets.language.lexicon import COLOUR_WORDS, SHAPE_WORDS, concepts
from canter.datasets.language.tasks.go_to import IMPERATIVES
from canter.datasets.language.text import EXAMPLE, split_words

_NAME_LIKENESS = 0.66
_SYNONYM_LIKENESS = 0.8

OTHER_COLOURS: frozenset[str] = frozenset(
    split_words(
        "amber beige bronze brown copper coral cream cyan fuchsia gray grey indigo "
        "khaki magenta peach pink rainbow rose salmon silver tan teal transparent turquoise"
    )
)
"""Colours that no object has, so that the refusal can say so."""

DISTINCTIONS: frozenset[str] = frozenset(
    split_words(
        "left right leftmost rightmost big bigger biggest large larger largest small smaller "
        "smallest tall taller tallest short little tiny huge near nearest nearer closest far "
        "farther farthest furthest first second third last other another behind front between "
        "above below under beneath left-hand right-hand both all every each two three"
    )
) - frozenset(split_words("hand near"))
"""Words that tell objects apart by something other than colour and shape."""

NEGATIONS: frozenset[str] = frozenset(
    split_words(
        "not no never don't dont doesn't isn't can't cannot cant won't shouldn't mustn't avoid "
        "except without but unless neither nor away ignore skip forget"
    )
)


def unknown_colour(word: str) -> InstructionError:
    """Return the refusal of a word that stands where a colour is expected."""
    hint = "" if word in OTHER_COLOURS else _did_you_mean(word, COLOURS, concepts(COLOUR_WORDS))
    known = ", ".join(COLOURS)
    return InstructionError(f"The colour {word!r} is unknown{hint}: choose one of {known}.")


def unknown_shape(word: str) -> InstructionError:
    """Return the refusal of a word that stands where a shape is expected."""
    hint = _did_you_mean(word, SHAPES, concepts(SHAPE_WORDS))
    known = ", ".join(SHAPES)
    return InstructionError(f"The object {word!r} is unknown{hint}: choose one of {known}.")


def unknown_word(word: str) -> InstructionError:
    """Return the refusal of any other word that the robot does not understand."""
    verbs = tuple(sorted({frame.split()[0] for frame in IMPERATIVES} - {"make"}))
    hint = _did_you_mean(word, verbs, {**concepts(COLOUR_WORDS), **concepts(SHAPE_WORDS)})
    return InstructionError(
        f"The word {word!r} is not understood{hint}: the robot goes to one object; {EXAMPLE}."
    )


def distinction(word: str) -> InstructionError:
    """Return the refusal of a size, side, order or number."""
    return InstructionError(
        f"The word {word!r} is not understood: objects are told apart by colour and shape alone; "
        f"leave it out, or {EXAMPLE}."
    )


def negation(word: str) -> InstructionError:
    """Return the refusal of an instruction that says where not to go."""
    return InstructionError(
        f"Negation ({word!r}) is not understood in this version: say where to go instead, such "
        "as 'go to the red ball'."
    )


def nothing_named(text: str) -> InstructionError:
    """Return the refusal of an instruction that names neither a colour nor a shape."""
    return InstructionError(
        f"The instruction {text[:60]!r} names no object the robot can go to: name a shape "
        f"({', '.join(SHAPES)}), a colour ({', '.join(COLOURS)}) or both, such as "
        "'go to the red ball'."
    )


def several_named(colours: tuple[str, ...], shapes: tuple[str, ...]) -> InstructionError:
    """Return the refusal of an instruction that names more than one object."""
    named = " and ".join(", ".join(group) for group in (colours, shapes) if group)
    example = " ".join((*colours[:1], *(shapes[:1] or ("thing",))))
    return InstructionError(
        f"The instruction names more than one object ({named}): ask for one at a time, such as "
        f"'go to the {example}'."
    )


def _did_you_mean(word: str, names: tuple[str, ...], synonyms: dict[str, str]) -> str:
    close = difflib.get_close_matches(word, names, n=1, cutoff=_NAME_LIKENESS)
    if not close:
        close = difflib.get_close_matches(word, synonyms, n=1, cutoff=_SYNONYM_LIKENESS)
    return f" (did you mean {close[0]!r}?)" if close else ""
