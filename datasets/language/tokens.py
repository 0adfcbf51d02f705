"""Instructions as fixed-length word numbers, and the vector behind each number."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.datasets.language.text import singular_forms, split_words

MAX_TOKENS: Final = 24
PAD_ID: Final = 0
UNKNOWN_ID: Final = 1
FIRST_WORD_ID: Final = 2
WORD_FILE: Final = Path(__file__).with_name("words.npz")


class Tokeniser:
    """Maps words to the rows of a table of word vectors.

    Row 0 is padding (zeros), row 1 is any unknown word (the mean of all words), the words of the
    table follow in their order.

    Attributes:
        words: the table's words, lower case, without the two special rows.
    """

    def __init__(self, words: tuple[str, ...], vectors: NDArray[np.float32]) -> None:
        """Build a tokeniser from a table.

        Args:
            words: distinct lower-case words.
            vectors: shape (len(words), d), their vectors.

        Raises:
            ValueError: a word appears twice, or words and vectors differ in number.
        """
        if len(set(words)) != len(words):
            raise ValueError("The word table holds a word twice: words must be distinct.")
        if vectors.ndim != 2 or len(vectors) != len(words):
            raise ValueError(f"{len(words)} words need vectors ({len(words)}, d): {vectors.shape}.")
        self.words = words
        self._ids = {word: FIRST_WORD_ID + row for row, word in enumerate(words)}
        special = np.stack([np.zeros(vectors.shape[1]), vectors.mean(axis=0)])
        self._vectors = np.concatenate([special, vectors]).astype(np.float32)
        self._vectors.setflags(write=False)

    @property
    def size(self) -> int:
        """Number of token ids V, padding and unknown included."""
        return len(self._vectors)

    @property
    def dim(self) -> int:
        """Length of one word vector."""
        return int(self._vectors.shape[1])

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the words and their vectors; changes when either does."""
        content = hashlib.sha256("\n".join(self.words).encode())
        content.update(self._vectors.astype("<f4").tobytes())
        return content.hexdigest()

    def word_vectors(self) -> NDArray[np.float32]:
        """Return the vector of every token id, read-only, shape (V, d)."""
        return self._vectors

    def encode(self, text: str) -> NDArray[np.int64]:
        """Turn a text into token ids.

        Args:
            text: any text; words beyond MAX_TOKENS are dropped.

        Returns:
            Token ids, shape (MAX_TOKENS,), padded with PAD_ID at the end.
        """
        ids = np.full(MAX_TOKENS, PAD_ID, dtype=np.int64)
        words = split_words(text)[:MAX_TOKENS]
        ids[: len(words)] = [self._id(word) for word in words]
        return ids

    def decode(self, ids: NDArray[np.int64]) -> list[str]:
        """Return the words of token ids; padding is left out, an unknown word is "?".

        Args:
            ids: token ids, shape (n,).
        """
        known = ids[ids != PAD_ID]
        return ["?" if i == UNKNOWN_ID else self.words[i - FIRST_WORD_ID] for i in known]

    def _id(self, word: str) -> int:
        for form in (word, *singular_forms(word)):
            if form in self._ids:
                return self._ids[form]
        return UNKNOWN_ID


@cache
def default_tokeniser() -> Tokeniser:
    """Return the tokeniser over the word table that ships with Canter."""
    with np.load(WORD_FILE, allow_pickle=False) as table:
        words = tuple(str(word) for word in table["words"])
        vectors = table["vectors"].astype(np.float32)
    return Tokeniser(words, vectors)
