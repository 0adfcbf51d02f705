"""What English words mean, as vectors that a sentence model gave them once."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

MEANINGS_FILE: Final = Path(__file__).with_name("meanings.npz")
LARGEST: Final = 4.0
"""Largest number of a vector, in standard deviations over the words."""


class Meanings:
    """A table of word vectors.

    Attributes:
        size: numbers in a vector.
    """

    def __init__(self, words: tuple[str, ...], vectors: NDArray[np.int8]) -> None:
        """Build a table.

        Args:
            words: distinct lower-case words.
            vectors: shape (len(words), size), of which 127 stands for LARGEST.
        """
        self.size = int(vectors.shape[1])
        self._rows = {word: row for row, word in enumerate(words)}
        self._vectors = vectors

    def __contains__(self, word: str) -> bool:
        """Tell whether the table holds a word."""
        return word in self._rows

    @property
    def words(self) -> tuple[str, ...]:
        """The table's words, the most frequent first."""
        return tuple(self._rows)

    def rank(self, word: str) -> int:
        """Return how many words are more frequent; the table's length where it lacks the word."""
        return self._rows.get(word, len(self._rows))

    def vector(self, word: str) -> NDArray[np.float32] | None:
        """Return a word's vector, shape (size,), or None where the table lacks it."""
        row = self._rows.get(word)
        if row is None:
            return None
        scaled: NDArray[np.float32] = self._vectors[row].astype(np.float32) * (LARGEST / 127)
        return scaled


@cache
def default_meanings() -> Meanings:
    """Return the table that ships with Canter."""
    with np.load(MEANINGS_FILE, allow_pickle=False) as table:
        return Meanings(tuple(str(word) for word in table["words"]), table["vectors"])
