"""The lexicon: held-out words never occur in training language and no word is ambiguous."""

import itertools

import pytest

from canter.control.vocab import COLOURS, SHAPES, WIDE_SHAPES
from canter.datasets.language.lexicon import COLOUR_WORDS, GENERIC_NOUNS, SHAPE_WORDS, Entry
from canter.datasets.language.tasks.go_to import phrases
from canter.datasets.language.text import split_words
from canter.datasets.language.things import HELD_OUT_MORE_SHAPES, MORE_SHAPES
from canter.datasets.language.vocabulary import DISTINCTIONS, NEGATIONS, OTHER_COLOURS, TOLERATED

BLANK = dict.fromkeys(("t", "a", "colour", "shape"), "")
ENTRIES = [*COLOUR_WORDS.values(), *SHAPE_WORDS.values()]


def words_of(sentences: tuple[str, ...]) -> set[str]:
    """Return the words of frames without their placeholders."""
    return {word for sentence in sentences for word in split_words(sentence.format(**BLANK))}


TRAINING_FRAMES = words_of(
    phrases.IMPERATIVES + phrases.STATEMENTS + phrases.OPENINGS + phrases.CLOSINGS
    + phrases.CALLS + phrases.ARTICLES + phrases.OBJECTS
)  # fmt: skip
SYNONYM_WORDS = words_of(tuple(word for entry in ENTRIES for word in entry.synonyms))


def test_every_concept_has_an_entry_under_its_canonical_name() -> None:
    assert tuple(COLOUR_WORDS) == COLOURS
    assert tuple(SHAPE_WORDS) == SHAPES


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.canonical)
def test_enough_synonyms_on_both_sides(entry: Entry) -> None:
    assert len(entry.training) >= 10
    assert len(entry.held_out) == 3
    assert entry.canonical not in words_of(entry.held_out)


def test_no_word_belongs_to_two_concepts() -> None:
    for one, other in itertools.combinations(ENTRIES, 2):
        assert not words_of(one.synonyms) & words_of(other.synonyms)


def test_no_synonym_is_the_name_of_another_shape_of_the_tasks() -> None:
    names = {*WIDE_SHAPES, *HELD_OUT_MORE_SHAPES} | {
        name for shape in HELD_OUT_MORE_SHAPES for name in MORE_SHAPES[shape]
    }
    for entry in SHAPE_WORDS.values():
        assert not set(entry.synonyms) & (names - {entry.canonical})


def test_held_out_synonyms_share_no_word_with_training_language() -> None:
    training = words_of(tuple(word for entry in ENTRIES for word in entry.training))
    held_out = words_of(tuple(word for entry in ENTRIES for word in entry.held_out))
    assert not held_out & (training | TRAINING_FRAMES)


@pytest.mark.parametrize("frame", phrases.HELD_OUT_VERBS)
def test_held_out_verbs_bring_a_word_that_training_frames_lack(frame: str) -> None:
    assert words_of((frame,)) - TRAINING_FRAMES


def test_held_out_orders_are_not_training_frames() -> None:
    training = {tuple(split_words(f)) for f in phrases.IMPERATIVES + phrases.STATEMENTS}
    assert not training & {tuple(split_words(frame)) for frame in phrases.HELD_OUT_ORDERS}
    assert not set(phrases.OBJECTS) & set(phrases.HELD_OUT_OBJECTS)


def test_words_around_a_target_are_not_words_for_targets() -> None:
    around = TRAINING_FRAMES | words_of(
        phrases.HELD_OUT_VERBS + phrases.HELD_OUT_ORDERS + phrases.HELD_OUT_OBJECTS
    )
    assert around & SYNONYM_WORDS == {"can"}
    assert not words_of(TOLERATED) & (SYNONYM_WORDS - {"shape"})
    assert not set(GENERIC_NOUNS) & SYNONYM_WORDS


def test_words_that_are_refused_are_nowhere_in_the_grammar() -> None:
    refused = NEGATIONS | OTHER_COLOURS | DISTINCTIONS
    everything = words_of(
        phrases.HELD_OUT_VERBS + phrases.HELD_OUT_ORDERS + phrases.HELD_OUT_OBJECTS
        + TOLERATED
    )  # fmt: skip
    assert not refused & (everything | TRAINING_FRAMES | SYNONYM_WORDS)
