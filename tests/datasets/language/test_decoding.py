"""From places to the words of a scene: contrasts, amounts, and what must be named."""

import pytest

from canter.control.errors import InstructionError
from canter.datasets.language.decoding import decode
from canter.datasets.language.reader import Named


def named(**places: str) -> list[Named]:
    """Return what is named: value, or for amounts the words that say it."""
    return [
        Named(place, value, 1.0, tuple(value.split()))
        if place.startswith(("much", "angle"))
        else Named(place, value, 1.0, (value,))
        for place, value in places.items()
    ]


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({"not_colour": "red", "not_shape": "cube", "colour": "green"},
         {"colour": "green", "shape": "cube"}),
        ({"not_shape": "ball", "shape": "cone"}, {"shape": "cone"}),
        ({"shape": "ball", "not_colour": "red"}, {"shape": "ball", "not_colour": "red"}),
        ({"colour": "blue", "not_shape": "ball"}, {"colour": "blue", "not_shape": "ball"}),
        ({"shape": "ball", "where": "nearest"}, {"shape": "ball", "which": "nearest"}),
    ],
)  # fmt: skip
def test_what_is_not_meant(places: dict[str, str], words: dict[str, str]) -> None:
    assert decode("go_to", named(**places)) == words


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({"go0": "forward", "much0": "1.4 m"},
         {"do0": "walk", "way0": "forward", "amount0": "one_half"}),
        ({"turn1": "left"}, {"do0": "turn", "way0": "left", "amount0": "90"}),
        ({"angle0": "90 degrees", "side0": "right"},
         {"do0": "turn", "way0": "right", "amount0": "90"}),
        ({"about0": "180"}, {"do0": "turn", "amount0": "180"}),
        ({"stance0": "low"}, {"do0": "pose", "way0": "low"}),
        ({"stance0": "low", "go0": "back"}, {"posture0": "low", "do0": "walk", "way0": "back"}),
        ({"go0": "left", "pose2": "up"},
         {"do0": "walk", "way0": "left", "do1": "pose", "way1": "up"}),
        ({"creep0": "forward"},
         {"do0": "walk", "way0": "forward", "pace0": "slowly", "posture0": "low"}),
    ],
)  # fmt: skip
def test_things_to_do(places: dict[str, str], words: dict[str, str]) -> None:
    assert decode("move", named(**places)) == words


@pytest.mark.parametrize(
    ("task", "places", "told"),
    [
        ("move", {"go0": "forward", "much0": "5 km"}, "0.5, 1, 1.5, 2 metres"),
        ("move", {"turn0": "left", "angle0": "360 degrees"}, "45, 90, 135, 180 degrees"),
        ("move", {"turn0": "left", "angle0": "2 m"}, "told in degrees"),
        ("move", {}, "say what to do"),
        ("distinguish", {}, "which letter or digit"),
        ("sequence", {"colour": "red"}, "second"),
        ("go_to", {"relation": "behind"}, "what to go to"),
    ],
)
def test_what_cannot_be_done_is_said(task: str, places: dict[str, str], told: str) -> None:
    with pytest.raises(InstructionError, match=told):
        decode(task, named(**places))
