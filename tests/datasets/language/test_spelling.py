"""Slips of the keyboard: the distance against an independent one, and what is mended."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.datasets.language.spelling import correct, distance

words = st.text("abc", max_size=6)


@cache
def by_definition(one: str, two: str) -> int:
    """Return the same distance by its recursive definition."""
    if not one or not two:
        return len(one) + len(two)
    ways = [
        by_definition(one[:-1], two) + 1,
        by_definition(one, two[:-1]) + 1,
        by_definition(one[:-1], two[:-1]) + (one[-1] != two[-1]),
    ]
    if one[-2:] == two[-2:][::-1] and len(one) > 1 and len(two) > 1:
        ways.append(by_definition(one[:-2], two[:-2]) + 1)
    return min(ways)


@given(words, words)
def test_the_distance_is_that_of_its_definition(one: str, two: str) -> None:
    assert distance(one, two) == by_definition(one, two)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("yelow", "yellow"), ("purpel", "purple"), ("blackk", "black"), ("aproach", "approach"),
     ("cylnder", "cylinder"), ("orenge", "orange"), ("teh", "the"), ("bal", "ball")],
)  # fmt: skip
def test_slips_are_mended(slip: str, meant: str) -> None:
    assert correct([slip]) == [meant]


@pytest.mark.parametrize("word", ["elephant", "banana", "coffee", "weave", "7", "红", "b", "1.5"])
def test_words_stay_as_they_are(word: str) -> None:
    assert correct([word]) == [word]
