"""The tokeniser against a table made by hand, and the word table that ships with Canter."""

import numpy as np
import pytest

from canter.datasets.language.lexicon import COLOUR_WORDS, SHAPE_WORDS, Entry
from canter.datasets.language.probe import probe
from canter.datasets.language.tokens import (
    MAX_TOKENS,
    PAD_ID,
    UNKNOWN_ID,
    WORD_FILE,
    Tokeniser,
    default_tokeniser,
)
from canter.datasets.language.vocabulary import known_words

WORDS = ("go", "ball", "box", "canary")
VECTORS = np.array([[1, 0], [0, 1], [3, 0], [0, 3]], dtype=np.float32)
LARGEST_FILE_BYTES = 1_000_000


@pytest.fixture
def small() -> Tokeniser:
    """Return a tokeniser of four words."""
    return Tokeniser(WORDS, VECTORS)


def test_ids_count_from_two_in_table_order(small: Tokeniser) -> None:
    ids = small.encode("GO, ball! gnu box")
    assert ids.dtype == np.int64
    assert ids.shape == (MAX_TOKENS,)
    assert ids.tolist() == [2, 3, UNKNOWN_ID, 4] + [PAD_ID] * (MAX_TOKENS - 4)


def test_plurals_fall_back_to_the_singular(small: Tokeniser) -> None:
    assert small.decode(small.encode("balls boxes canaries gos")) == ["ball", "box", "canary", "?"]


def test_vectors_of_special_rows(small: Tokeniser) -> None:
    vectors = small.word_vectors()
    assert vectors.dtype == np.float32
    assert vectors.shape == (small.size, small.dim) == (6, 2)
    np.testing.assert_array_equal(vectors[PAD_ID], [0, 0])
    np.testing.assert_array_equal(vectors[UNKNOWN_ID], [1, 1])
    np.testing.assert_array_equal(vectors[2:], VECTORS)


def test_long_texts_are_cut(small: Tokeniser) -> None:
    assert (small.encode("go " * 60) == small.encode("go " * MAX_TOKENS)).all()


def test_the_digest_follows_words_and_vectors(small: Tokeniser) -> None:
    assert small.digest == Tokeniser(WORDS, VECTORS.copy()).digest
    assert small.digest != Tokeniser(WORDS[::-1], VECTORS).digest
    assert small.digest != Tokeniser(WORDS, VECTORS * 2).digest


def test_a_table_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Tokeniser(("go", "go"), VECTORS[:2])
    with pytest.raises(ValueError, match="4 words need vectors"):
        Tokeniser(WORDS, VECTORS[:3])


def test_the_shipped_table_knows_every_word_of_the_parser() -> None:
    tokeniser = default_tokeniser()
    assert WORD_FILE.stat().st_size < LARGEST_FILE_BYTES
    assert tokeniser.dim == 64
    assert known_words() <= set(tokeniser.words)
    assert np.isfinite(tokeniser.word_vectors()).all()


def test_round_trip_over_the_shipped_table() -> None:
    tokeniser = default_tokeniser()
    words = [
        "please",
        "walk",
        "over",
        "to",
        "the",
        "scarlet",
        "orb",
        "and",
        "stop",
        "next",
        "to",
        "it",
    ]
    assert tokeniser.decode(tokeniser.encode(" ".join(words))) == words


@pytest.mark.parametrize(
    ("lexicon", "share"), [(COLOUR_WORDS, 0.75), (SHAPE_WORDS, 0.8)], ids=["colours", "shapes"]
)
def test_vectors_tell_held_out_synonyms(lexicon: dict[str, Entry], share: float) -> None:
    tokeniser = default_tokeniser()
    table = dict(zip(tokeniser.words, tokeniser.word_vectors()[2:], strict=True))
    result = probe(table, lexicon)
    assert result.held_out >= share * result.held_out_total
