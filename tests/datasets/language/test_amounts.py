"""Distances and angles in words and digits, English and Chinese, against a table by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.datasets.language.amounts import STEP, read_amount
from canter.datasets.language.text import split_words

LENGTHS = {
    "half a metre": 0.5, "50 cm": 0.5, "50cm": 0.5, "one and a half metres": 1.5, "a metre": 1.0,
    "a metre and a half": 1.5, "1.5 m": 1.5, "1,5m": 1.5, "fifty centimetres": 0.5,
    "two metres": 2.0, "two steps": 2 * STEP, "a couple of steps": 2 * STEP, "ten feet": 3.048,
    "one half metre": 0.5, "一米": 1.0, "半米": 0.5, "一米五": 1.5, "一米半": 1.5, "两米": 2.0,
    "1.5米": 1.5, "50厘米": 0.5,
    "五十公分": 0.5, "三步": 3 * STEP,
}  # fmt: skip
TURNS = {
    "90 degrees": 90, "90°": 90, "ninety degrees": 90, "a quarter turn": 90, "half a turn": 180,
    "three quarters of a turn": 270, "an eighth of a turn": 45,
    "a hundred and eighty degrees": 180,
    "one hundred and thirty five degrees": 135, "by a quarter": 90, "a full turn": 360,
    "九十度": 90, "四十五度": 45, "一百八十度": 180,
    "一百三十五度": 135, "半圈": 180, "四分之一圈": 90,
}  # fmt: skip


@pytest.mark.parametrize(("text", "metres"), LENGTHS.items())
def test_lengths(text: str, metres: float) -> None:
    value, unit = read_amount(split_words(text)) or (0.0, "")
    assert unit == "metre" and value == pytest.approx(metres)


@pytest.mark.parametrize(("text", "degrees"), TURNS.items())
def test_angles(text: str, degrees: float) -> None:
    value, unit = read_amount(split_words(text)) or (0.0, "")
    assert unit == "degree" and value == pytest.approx(degrees)


@given(st.integers(1, 999), st.sampled_from(["degrees", "deg", "度"]))
def test_digits_mean_themselves(number: int, unit: str) -> None:
    assert read_amount(split_words(f"{number} {unit}")) == (number, "degree")


@given(st.lists(st.text(min_size=1, max_size=8), max_size=8))
def test_any_words_are_read_or_not(words: list[str]) -> None:
    found = read_amount(words)
    assert found is None or found[1] in ("metre", "degree")
