"""The gate for instructions: what the robot is asked to go to, or one sentence why it cannot tell.

The rule is that every word must be known: a colour or shape word of the lexicon, a word of the
grammar's sentences, or a small word that changes nothing. The words may stand in any order, a verb
is not required ("red ball" is enough), and all colour and shape words must agree on one target.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from canter.control.vocab import Target
from canter.datasets.language import suggest
from canter.datasets.language.framing import lines
from canter.datasets.language.lexicon import COLOUR_WORDS, GENERIC_NOUNS, SHAPE_WORDS, concepts
from canter.datasets.language.tasks import go_to as phrases
from canter.datasets.language.text import check_text, singular_forms, split_words

Kind = Literal["colour", "shape", "noun", "filler", "unknown"]

IDIOMS: tuple[str, ...] = lines(
    """
    make your way
    take yourself
    bring yourself
    drop by
    pull up
    draw near
    track down
    """
)
"""Fixed phrases whose first word alone asks for something else ("make", "drop")."""

TOLERATED: tuple[str, ...] = lines(
    """
    this these those an my our some here straight directly slowly quickly carefully
    go walk move run stand stop head wait then just hi hey okay boy girl spot let us let's
    want wants need needs like may might must shall do got going walking moving heading
    forward ahead onto into in on at of for by side close closer up down over across along
    color colored colours colors shape shaped looking looks bright
    goto until before your you're you we me i i'd i'm it's its that's there's
    """
)
"""Further words the parser passes over; each line is a list of words."""

_ARTICLES = frozenset({*phrases.ARTICLES, "an", "this", "my", "our"})
_PRONOUNS = frozenset({"you", "we", "i", "robot"})


@dataclass(frozen=True, slots=True)
class Part:
    """One word or phrase of an instruction and what it was read as.

    Attributes:
        kind: its part in the sentence; a noun is generic ("thing").
        value: the canonical colour or shape, otherwise the word itself.
    """

    kind: Kind
    value: str


def parse(instruction: object) -> Target:
    """Read what an instruction asks the robot to go to.

    Args:
        instruction: English text of at most MAX_CHARACTERS characters; case, punctuation, articles
            and plurals do not matter.

    Returns:
        The target; its colour or its shape is None where the instruction leaves it open.

    Raises:
        InstructionError: the instruction is not such text, negates, names more than one object
            or none, or holds a word that is not understood. The message names it.
    """
    text = check_text(instruction)
    words = split_words(text)
    refused = next((word for word in words if word in suggest.NEGATIONS), None)
    if refused is not None:
        raise suggest.negation(refused)
    parts = _read(words)
    colours, shapes = _values(parts, "colour"), _values(parts, "shape")
    things = tuple(noun for noun in _values(parts, "noun") if noun != "one")
    if len(colours) > 1 or len((*shapes, *things)) > 1:
        raise suggest.several_named(colours, (*shapes, *things))
    _refuse_unknown(parts, text)
    if not colours and not shapes:
        raise suggest.nothing_named(text)
    return Target(colours[0] if colours else None, shapes[0] if shapes else None)


def known_words() -> frozenset[str]:
    """Return every single word that the parser understands, negations not included."""
    return frozenset(word for phrase in _table() for word in phrase)


@cache
def _table() -> dict[tuple[str, ...], Part]:
    sentences = (
        *phrases.IMPERATIVES, *phrases.STATEMENTS, *phrases.HELD_OUT_VERBS,
        *phrases.HELD_OUT_ORDERS, *phrases.OBJECTS, *phrases.HELD_OUT_OBJECTS,
        *phrases.ARTICLES, *phrases.OPENINGS, *phrases.CALLS, *phrases.CLOSINGS,
        *TOLERATED,
    )  # fmt: skip
    blank = dict.fromkeys(("t", "a", "colour", "shape"), "")
    table: dict[tuple[str, ...], Part] = {}
    for phrase in IDIOMS:
        table[tuple(phrase.split())] = Part("filler", phrase)
    idioms = re.compile("|".join(IDIOMS))
    for sentence in sentences:
        for word in split_words(idioms.sub(" ", sentence.format(**blank))):
            table[word,] = Part("filler", word)
    for noun in GENERIC_NOUNS:
        table[noun,] = Part("noun", noun)
    for word, name in concepts(COLOUR_WORDS).items():
        table[tuple(split_words(word))] = Part("colour", name)
    for word, name in concepts(SHAPE_WORDS).items():
        table[tuple(split_words(word))] = Part("shape", name)
    return table


@cache
def _longest_phrase() -> int:
    return max(len(phrase) for phrase in _table())


def _read(words: list[str]) -> list[Part]:
    """Read words from left to right, the longest known phrase first."""
    parts: list[Part] = []
    start = 0
    while start < len(words):
        part, taken = _read_one(words[start:])
        if words[start : start + taken] == ["can"] and _is_request(parts, words[start + 1 :]):
            part = Part("filler", "can")
        parts.append(part)
        start += taken
    return parts


def _is_request(before: list[Part], after: list[str]) -> bool:
    """Tell whether "can" asks for something ("can you go") rather than names a cylinder."""
    named = bool(before) and (
        before[-1].kind == "colour" or before[-1].value in {*_ARTICLES, "coloured"}
    )
    return not named and bool(after) and after[0] in _PRONOUNS


def _read_one(words: list[str]) -> tuple[Part, int]:
    for length in range(min(_longest_phrase(), len(words)), 0, -1):
        *rest, last = words[:length]
        for form in (last, *singular_forms(last)):
            part = _table().get((*rest, form))
            if part is not None and (form == last or part.kind in ("shape", "noun")):
                return part, length
    return Part("unknown", words[0]), 1


def _values(parts: list[Part], kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.value for part in parts if part.kind == kind))


def _refuse_unknown(parts: list[Part], text: str) -> None:
    unknown = [index for index, part in enumerate(parts) if part.kind == "unknown"]
    if not unknown:
        return
    kinds = [part.kind for part in parts]
    first, last = unknown[0], unknown[-1]
    for index in unknown:
        word = parts[index].value
        if word in suggest.DISTINCTIONS:
            raise suggest.distinction(word)
        if word in suggest.OTHER_COLOURS or kinds[index + 1 : index + 2] in (["shape"], ["noun"]):
            raise suggest.unknown_colour(word)
        if "shape" not in kinds and kinds[index - 1 : index] == ["colour"]:
            raise suggest.unknown_shape(word)
    if "colour" in kinds or "shape" in kinds:
        raise suggest.unknown_word(parts[first].value)
    if kinds[last - 1 : last] == ["filler"]:
        raise suggest.unknown_shape(parts[last].value)
    raise suggest.nothing_named(text)
