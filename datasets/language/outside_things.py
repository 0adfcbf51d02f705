"""Sentences that send the robot to a thing of any name, for eyes that look for any name.

The reader's network knows the things of the tasks; what other eyes know, only they can say. So a
thing's name is taken as it was said, from its place in the frames of the task go_to.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from canter.control.errors import InstructionError
from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language import refusals
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.tasks import grammar
from canter.datasets.language.tasks.go_to import phrases
from canter.datasets.language.text import check_text, split_words
from canter.datasets.language.understanding import (
    TaskInstruction,
    read_by_grammar,
    understand,
    without_courtesies,
)

TASK: Final = "go_to"
MOST_WORDS: Final = 8
"""Of a thing's name."""
_ARTICLES: Final = frozenset({*phrases.ARTICLES, "an"})
_NO_NAMES: Final = frozenset(
    {"and", "then", "or", "but", "not", "it", "there", "here", "me", "you"}
)
"""Where one of these stands, more is said than a thing's name, or none."""
_PLACE: Final = "{t}"


def understand_any_thing(text: str) -> TaskInstruction:
    """Return what a sentence asks for, where a thing to go to may have any name.

    Raises:
        InstructionError: as `understand`.
    """
    if is_stop(text):
        return understand(text)
    tokens = split_words(check_text(text))
    refusals.check_language(tokens)
    read, name = read_by_grammar(tokens), thing_named(text)
    if read is not None or not name:
        return read or understand(text)
    first, *rest = name.split()
    coloured = first in WIDE_COLOURS and rest
    words = {"colour": first, "shape": " ".join(rest)} if coloured else {"shape": name}
    return TaskInstruction(TASK, words, 1.0, " ".join(tokens))


def thing_named(text: str) -> str:
    """Return what a sentence calls the thing that it sends the robot to; empty where none.

    Raises:
        InstructionError: its name has more than MOST_WORDS words, or the text is no instruction.
    """
    tokens = split_words(check_text(text))
    found = [name for core in without_courtesies(tokens) for name in _names(core)]
    name = min(found, key=len, default=())
    if len(name) > MOST_WORDS:
        raise InstructionError(
            f"the thing's name has {len(name)} words, at most {MOST_WORDS} are looked for; say it "
            f"in fewer, such as '{grammar(TASK).example}'"
        )
    return " ".join(name)


def _names(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what stands in the place of each frame that fits, without its article."""
    for before, after in _FRAMES:
        if tokens[: len(before)] != before or tokens[len(tokens) - len(after) :] != after:
            continue
        name = tokens[len(before) : len(tokens) - len(after)]
        name = name[1:] if name[:1] and name[0] in _ARTICLES else name
        if name and not _NO_NAMES.intersection(name):
            yield name


def _frames() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield what stands before and after the thing in each frame that names it once."""
    known: Sequence[str] = (*phrases.IMPERATIVES, *phrases.STATEMENTS, *phrases.HELD_OUT_VERBS)
    for frame in known:
        before, place, after = frame.partition(_PLACE)
        if place:
            yield tuple(split_words(before)), tuple(split_words(after))


_FRAMES: Final = tuple(_frames())
