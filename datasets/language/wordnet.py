"""WordNet's nouns for things that can be touched, read from its own database files.

The format is that of wndb(5WN): https://wordnet.princeton.edu/documentation/wndb5wn.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from canter.control.errors import CanterError

THINGS: Final = frozenset({"06", "17", "25"})
"""Lexicographer files of artifacts, natural objects and shapes (lexnames(5WN))."""
MOST_SENSES: Final = 2


class WordNet:
    """The nouns of a WordNet database.

    Args:
        folder: that holds index.noun and data.noun.

    Raises:
        CanterError: it does not.
    """

    def __init__(self, folder: Path) -> None:
        for name in ("index.noun", "data.noun"):
            if not (folder / name).is_file():
                raise CanterError(f"{folder} holds no {name}; name the folder of WordNet's files")
        self._senses = dict(_indexed(line) for line in _lines(folder / "index.noun"))
        self._glosses = dict(_glossed(line) for line in _lines(folder / "data.noun"))

    @cached_property
    def definitions(self) -> Mapping[str, str]:
        """What each name of a thing means, its two most frequent meanings that are things."""
        found: dict[str, str] = {}
        for lemma, senses in self._senses.items():
            told = [self._glosses[sense] for sense in senses if self._glosses[sense]]
            if told:
                found[lemma.replace("_", " ")] = ", or ".join(told[:MOST_SENSES])
        return found


def _lines(path: Path) -> list[str]:
    """Return the lines of a database file without its licence."""
    return [line for line in path.read_text("utf-8").splitlines() if not line.startswith("  ")]


def _indexed(line: str) -> tuple[str, tuple[str, ...]]:
    """Return a word and the offsets of its meanings, the most frequent first."""
    lemma, _, _, pointers, *rest = line.split()
    return lemma, tuple(rest[int(pointers) + 2 :])


def _glossed(line: str) -> tuple[str, str]:
    """Return a meaning's offset and what it is, without examples; empty where it is no thing."""
    left, _, gloss = line.partition("|")
    offset, file, *_ = left.split()
    return offset, gloss.partition(";")[0].strip(" ()\n") if file in THINGS else ""
