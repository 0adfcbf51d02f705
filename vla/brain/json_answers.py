"""What a model wrote, as typed values: the JSON object in a text, whatever stands around it."""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from canter.control.errors import CanterError

LONGEST_TEXT: Final = 600
"""Characters of a text in an answer that are kept."""
_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
_DECODER = json.JSONDecoder()
_TRIES: Final = 50
"""Opening brackets at which an object is looked for."""
_YES, _NO = ("true", "yes", "y"), ("false", "no", "n")

Answer = Mapping[str, Any]


class AnswerError(CanterError):
    """A model's answer is not what was asked for; the model may be told so and asked again."""


def loaded(data: str | bytes, what: str) -> Any:  # noqa: ANN401 - JSON has no type
    """Return what JSON says.

    Raises:
        AnswerError: it is none, or nested so deeply that nobody means it.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"{what} is no JSON") from error


def object_in(text: str) -> Answer:
    """Return the first JSON object in a text; fences, words and thoughts around it do not matter.

    Raises:
        AnswerError: there is none.
    """
    plain = _THOUGHTS.sub("", text)
    for opening in islice(re.finditer(r"\{", plain), _TRIES):
        try:
            found, _ = _DECODER.raw_decode(plain, opening.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    raise AnswerError("the answer holds no JSON object")


def content_of(document: Any) -> str:  # noqa: ANN401 - JSON has no type
    """Return what the model wrote, from the answer of ``/chat/completions``.

    Raises:
        AnswerError: it wrote nothing, or the server answered in another form.
    """
    match document:
        case {"choices": [{"message": {"content": str(written)}}, *_]} if written.strip():
            return written
        case {"choices": [{"message": {"content": [*parts]}}, *_]}:
            pieces = [part.get("text") for part in parts if isinstance(part, dict)]
            if said := "".join(piece for piece in pieces if isinstance(piece, str)):
                return said
    raise AnswerError("the server's answer holds no text of a model ('choices' is empty)")


def texts(answer: Answer, name: str) -> tuple[str, ...]:
    """Return a list of texts of an answer, each cut to LONGEST_TEXT.

    Raises:
        AnswerError: it has no such list.
    """
    found = answer.get(name)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise AnswerError(f"the answer has no list of sentences '{name}'")
    return tuple(one[:LONGEST_TEXT] for one in found)


def text(answer: Answer, name: str) -> str:
    """Return a text of an answer, cut to LONGEST_TEXT; empty where it is left out.

    Raises:
        AnswerError: it is something else.
    """
    found = answer.get(name) or ""
    if not isinstance(found, str):
        raise AnswerError(f"'{name}' of the answer is no text")
    return found[:LONGEST_TEXT]


def truth(answer: Answer, name: str) -> bool:
    """Return a yes or no of an answer.

    Raises:
        AnswerError: it says neither.
    """
    found = answer.get(name)
    if isinstance(found, bool):
        return found
    said = str(found).strip().lower()
    if said not in (*_YES, *_NO):
        raise AnswerError(f"'{name}' of the answer is neither yes nor no")
    return said in _YES


def choices(answer: Answer, name: str, most: int) -> tuple[int, ...]:
    """Return numbers of an answer, each once, in their order.

    Args:
        answer: of a model.
        name: of the list.
        most: numbers are 1 to this.

    Raises:
        AnswerError: it names none of them.
    """
    found = answer.get(name)
    listed = found if isinstance(found, list) else [found]
    numbers = [one for one in listed if type(one) is int and 1 <= one <= most]
    if not numbers:
        raise AnswerError(f"'{name}' of the answer names none of the numbers 1 to {most}")
    return tuple(dict.fromkeys(numbers))
