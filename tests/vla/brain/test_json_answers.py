"""What is read out of what models write."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.vla.brain.json_answers import (
    LONGEST_TEXT,
    AnswerError,
    choices,
    content_of,
    loaded,
    object_in,
    text,
    texts,
    truth,
)

ANSWER = {"steps": ["go to the {red} ball"], "done": True}


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Sure! {} Anything else?",
        "```json\n{}\n```",
        "<think>Perhaps {{'steps': 1}} or {{\"steps\": []}}</think>\n{}",
        "{{oops}} {}",
    ],
)
def test_an_object_is_found_whatever_stands_around_it(around: str) -> None:
    assert object_in(around.format(json.dumps(ANSWER))) == ANSWER


@pytest.mark.parametrize(
    "written", ["", "no", "[1, 2]", '{"a": ', "<think>{}", '{"a":' * 20_000, "{" * 100_000]
)
def test_where_there_is_none(written: str) -> None:
    with pytest.raises(AnswerError):
        object_in(written)


WORDS = st.text('ab {}[]"\\:,\n\u00e9', max_size=20)


@settings(max_examples=50, deadline=None, database=None)
@given(WORDS, st.dictionaries(WORDS, st.integers() | WORDS | st.booleans(), max_size=3))
def test_any_object_after_words_without_brackets(words: str, answer: dict[str, Any]) -> None:
    plain = words.replace("{", "")
    assert object_in(plain + json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("content", "said"),
    [("yes", "yes"), ([{"type": "text", "text": "a"}, {"text": "b"}, 7], "ab")],
)
def test_what_the_model_wrote(content: object, said: str) -> None:
    assert content_of({"choices": [{"message": {"content": content}}]}) == said


@pytest.mark.parametrize(
    "document",
    [
        None, 7, [], {}, {"choices": []}, {"choices": "x"}, {"choices": [{}]},
        {"choices": [{"message": {"content": None}}]}, {"choices": [{"message": {"content": " "}}]},
        {"choices": [{"message": {"content": [{"text": 3}]}}]},
    ],
)  # fmt: skip
def test_where_it_wrote_nothing(document: object) -> None:
    with pytest.raises(AnswerError, match="no text"):
        content_of(document)


def test_typed_values() -> None:
    answer = {"a": ["x" * 1000], "b": "Yes", "c": [3, 9, 3, True, "1", 1], "d": None, "e": 2}
    assert texts(answer, "a") == ("x" * LONGEST_TEXT,)
    assert truth(answer, "b") and not truth({"b": "no"}, "b") and truth({"b": True}, "b")
    assert choices(answer, "c", 5) == (3, 1) and choices(answer, "e", 5) == (2,)
    assert text(answer, "d") == text(answer, "nothing") == ""


@pytest.mark.parametrize("value", ["x", [1], None, {"a": 1}, [None]])
def test_no_list_of_texts(value: object) -> None:
    with pytest.raises(AnswerError):
        texts({"a": value}, "a")


@pytest.mark.parametrize("value", ["perhaps", 7, None, [], {}])
def test_neither_yes_nor_no(value: object) -> None:
    with pytest.raises(AnswerError):
        truth({"a": value}, "a")


@pytest.mark.parametrize("value", [[], [0, 6], "x", None, [1.0], [True]])
def test_no_choice(value: object) -> None:
    with pytest.raises(AnswerError):
        choices({"a": value}, "a", 5)


@pytest.mark.parametrize("data", [b"\xff", b"", b"[" * 100_000, b"{", b"1" * 10_000])
def test_no_json(data: bytes) -> None:
    with pytest.raises(AnswerError):
        loaded(data, "it")
