"""Names that no grammar has: what training takes from the tables, and what it must not take."""

import numpy as np

from canter.datasets.language.labels import held_out_words, known_surfaces
from canter.datasets.language.likely_names import (
    further_colours,
    further_motions,
    further_things,
    is_noun,
    like_a_name,
)
from canter.datasets.language.training import unheard_words
from canter.datasets.language.utterances import draw


def test_nothing_that_is_held_out_is_taken_from_the_tables() -> None:
    names = (*further_colours().values(), *further_things().values())
    words = {word for some in names for name in some for word in name} | set(further_motions())
    values = {*further_colours(), *further_things()}
    assert not (words - values) & held_out_words()
    assert {"crosshair", "scurry", "azure", "retreat"} <= held_out_words()


def test_names_of_the_tables_mean_what_they_say() -> None:
    assert ("taupe",) in further_colours()["brown"]
    assert ("wardrobe",) in further_things()["cube"]
    assert not {"elephant", "kitchen"} & {n for s in further_things().values() for (n,) in s}
    assert "swim" in further_motions() and "think" not in further_motions()


def test_words_that_may_be_names_are_never_taught_as_senseless() -> None:
    assert like_a_name("wardrobe") and like_a_name("turquoise") and like_a_name("wander")
    assert not like_a_name("parliament")
    assert is_noun("parliament") and not is_noun("think")


def test_training_says_what_the_tables_say_and_no_held_out_word_of_theirs() -> None:
    rng = np.random.default_rng(2)
    said = {token.text for _ in range(6000) for token in draw(rng).tokens if token.place}
    known = {word for name, _, _ in known_surfaces() for word in name.split()}
    assert {"wardrobe", "taupe"} & (said - known)


def test_all_words_of_a_name_are_as_if_never_heard_or_none() -> None:
    names = np.array([[0, 0], [1, 0], [1, 0], [0, 1], [0, 0]], np.float32)
    first = np.array([False, True, False, False, False])
    assert unheard_words(first, names).tolist() == [False, True, True, False, False]
    assert unheard_words(~first, names).tolist() == [True, False, False, True, True]
