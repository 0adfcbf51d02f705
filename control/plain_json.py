"""JSON of anywhere: whatever is wrong with it is a ValueError, its depth and its digits too."""

import json
from collections.abc import Callable
from typing import Any


def parse_json(
    text: str | bytes,
    pairs: Callable[[list[tuple[str, Any]]], Any] | None = None,
    constant: Callable[[str], Any] | None = None,
) -> Any:  # noqa: ANN401 - JSON may be anything
    """Return what a text of JSON says.

    Args:
        text: the document; bytes are UTF-8.
        pairs: takes the fields of an object in its place.
        constant: takes NaN and infinity.

    Raises:
        ValueError: it is no JSON, or lies too deep.
    """
    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
