"""Slips of the keyboard: a word that is not English is read as the nearest word of the grammar."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from canter.datasets.language.labels import known_surfaces, training_frames
from canter.datasets.language.meanings import default_meanings
from canter.datasets.language.tasks import task_names
from canter.datasets.language.text import is_chinese, split_words
from canter.datasets.language.things import HELD_OUT_NAMES

FREQUENT = 7000
"""A word among this many most frequent ones is never taken for a slip."""
SHORTEST = 3

_PLACE = re.compile(r"\{\w+\}")


def correct(words: Sequence[str]) -> list[str]:
    """Return the words with slips mended.

    A slip is one letter too many, one missing, one wrong, or two that changed places.
    """
    return [_mended(word) for word in words]


def distance(one: str, two: str) -> int:
    """Return the letters to insert, leave out, change or swap with a neighbour between two words.

    Restricted Damerau-Levenshtein distance (Damerau 1964).
    """
    rows = [list(range(len(two) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, other in enumerate(two, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@cache
def grammar_words() -> dict[str, int]:
    """Return every English word that training sentences hold, with how often frames hold it."""
    found: dict[str, int] = {}
    for text in _texts():
        for word in split_words(_PLACE.sub(" ", text)):
            if word.isalpha() and word.isascii():
                found[word] = found.get(word, 0) + 1
    return found


@cache
def _mended(word: str) -> str:
    if len(word) < SHORTEST or not word.isascii() or not word.isalpha():
        return word
    known = grammar_words()
    if word in known or word in _held_out_words() or default_meanings().rank(word) < FREQUENT:
        return word
    near = {other for short in _shorter(word) for other in _by_shorter().get(short, ())}
    near = {other for other in near if distance(word, other) == 1}
    if word in default_meanings():  # rare, but a word: all it can be is one that lost a letter
        near = {other for other in near if len(other) > len(word) and other[0] == word[0]}
    return min(near, key=lambda other: (other[0] != word[0], -known[other], other), default=word)


@cache
def _held_out_words() -> frozenset[str]:
    return frozenset(word for name in HELD_OUT_NAMES for word in split_words(name))


@cache
def _by_shorter() -> dict[str, tuple[str, ...]]:
    """Return the words of the grammar by what is left of them without one letter or none."""
    found: dict[str, list[str]] = {}
    for word in grammar_words():
        if len(word) >= SHORTEST:
            for short in _shorter(word):
                found.setdefault(short, []).append(word)
    return {short: tuple(words) for short, words in found.items()}


def _shorter(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _texts() -> Iterator[str]:
    for said, _, _ in known_surfaces():
        if not is_chinese(said):
            yield said
    for task in task_names():
        english, _ = training_frames(task)
        yield from english.frames
        for alternatives in english.parts.values():
            yield from alternatives
