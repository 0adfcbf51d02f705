"""WordNet's words and what they mean, read from its own database files.

The formats are those of wndb(5WN) and senseidx(5WN):
https://wordnet.princeton.edu/documentation/wndb5wn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from canter.control.errors import CanterError

THINGS: Final = frozenset({6, 17, 25})
"""Lexicographer files of artifacts, natural objects and shapes (lexnames(5WN))."""
MOST_SENSES: Final = 2
PARTS: Final = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_PART_OF_NUMBER: Final = dict(enumerate("nvara", 1))
_ABOVE: Final = ("@", "@i", "&")
"""Pointers to what is more general, and from a quality to the one that it is like."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning, which several words may share.

    Attributes:
        file: number of the lexicographer file that it is in.
        words: that mean it.
        above: keys of more general meanings.
        gloss: what it is, without examples.
    """

    file: int
    words: tuple[str, ...]
    above: tuple[tuple[str, int], ...]
    gloss: str


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word.

    Attributes:
        key: part of speech and offset of the meaning.
        count: how often texts hold the word in this meaning.
    """

    key: tuple[str, int]
    count: int


class WordNet:
    """A WordNet database.

    Args:
        folder: that holds index.sense and data.noun, data.verb, data.adj and data.adv.

    Raises:
        CanterError: it does not.
    """

    def __init__(self, folder: Path) -> None:
        for name in ("index.sense", *(f"data.{part}" for part in PARTS.values())):
            if not (folder / name).is_file():
                raise CanterError(f"{folder} holds no {name}; name the folder of WordNet's files")
        self.meanings: Mapping[tuple[str, int], Meaning] = {
            (letter, offset): meaning
            for letter, part in PARTS.items()
            for offset, meaning in _meanings(folder / f"data.{part}")
        }
        self.senses: Mapping[str, tuple[Sense, ...]] = _senses(folder / "index.sense")

    @cached_property
    def definitions(self) -> Mapping[str, str]:
        """What each name of a thing means, its two most frequent meanings that are things."""
        found: dict[str, str] = {}
        for name in self.senses:
            told = [meaning.gloss for meaning in self.things(name)]
            if told:
                found[name] = ", or ".join(told[:MOST_SENSES])
        return found

    def things(self, name: str) -> tuple[Meaning, ...]:
        """Return the meanings of a name that are things, the most frequent first."""
        senses = (one for one in self.senses.get(name, ()) if one.key[0] == "n")
        told = (self.meanings[one.key] for one in senses)
        return tuple(one for one in told if one.file in THINGS)

    def is_travel(self, key: tuple[str, int]) -> bool:
        """Tell whether a meaning of a verb is a way to go from one place to another."""
        return key[0] == "v" and any(
            {"travel", "locomote"} <= set(self.meanings[one].words) for one in self.above(key)
        )

    def above(self, key: tuple[str, int]) -> Mapping[tuple[str, int], int]:
        """Return all more general meanings of a meaning, and itself, with the steps to each."""
        found = {key: 0}
        edge = [key]
        while edge:
            edge = [up for one in edge for up in self._up(one, found[one] + 1, found)]
        return found

    def _up(
        self, key: tuple[str, int], steps: int, found: dict[tuple[str, int], int]
    ) -> list[tuple[str, int]]:
        fresh = [up for up in self.meanings[key].above if up not in found]
        found.update(dict.fromkeys(fresh, steps))
        return fresh


def _lines(path: Path) -> list[str]:
    """Return the lines of a database file without its licence."""
    return [line for line in path.read_text("utf-8").splitlines() if not line.startswith("  ")]


def _senses(path: Path) -> dict[str, tuple[Sense, ...]]:
    """Return the meanings of each word, of each part of speech the most frequent first."""
    found: dict[str, list[tuple[int, Sense]]] = {}
    for line in _lines(path):
        key, offset, number, count = line.split()
        lemma, _, rest = key.partition("%")
        part = _PART_OF_NUMBER[int(rest[0])]
        sense = Sense((part, int(offset)), int(count))
        found.setdefault(lemma.replace("_", " "), []).append((int(number), sense))
    return {
        lemma: tuple(one for _, one in sorted(some, key=lambda one: one[0]))
        for lemma, some in found.items()
    }


def _meanings(path: Path) -> Iterator[tuple[int, Meaning]]:
    """Yield the offsets of a file's meanings, and the meanings."""
    for line in _lines(path):
        left, _, gloss = line.partition("|")
        offset, file, _, count, *rest = left.split()
        size = int(count, 16)
        words = tuple(
            word.partition("(")[0].replace("_", " ").lower() for word in rest[: 2 * size : 2]
        )
        yield (
            int(offset),
            Meaning(int(file), words, tuple(_pointers(rest[2 * size :])), _plain(gloss)),
        )


def _pointers(rest: list[str]) -> Iterator[tuple[str, int]]:
    """Yield the keys of what a meaning points to above it."""
    for at in range(1, 1 + 4 * int(rest[0]), 4):
        symbol, offset, part, _ = rest[at : at + 4]
        if symbol in _ABOVE:
            yield part.replace("s", "a"), int(offset)


def _plain(gloss: str) -> str:
    """Return what a meaning is without examples: what stands before the first of them."""
    return gloss.partition('; "')[0].partition(";")[0].strip(" ()\n")
