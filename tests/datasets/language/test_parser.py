"""The gate: what is understood, and that each refusal names the culprit and the remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import InstructionError
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.datasets.language.parser import parse

RED_BALL = Target("red", "ball")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("go to the red ball", RED_BALL),
        ("red ball", RED_BALL),
        ("  Go to the RED balls!!\n", RED_BALL),
        ("RED-COLOURED BALL.", RED_BALL),
        ("Robot, there's a red ball: let's go.", RED_BALL),
        ("go to the ball, the red one", RED_BALL),
        ("the red ball is the red ball", RED_BALL),
        ("go to the scarlet orb", RED_BALL),
        ("make your way to a crimson sphere", RED_BALL),
        ("ｇｏ ｔｏ ｔｈｅ ｒｅｄ ｂａｌｌ", RED_BALL),  # noqa: RUF001
        ("go to the boxes", Target(None, "cube")),
        ("the traffic cones", Target(None, "cone")),
        ("can you go to the can", Target(None, "cylinder")),
        ("to the green can you should go", Target("green", "cylinder")),
        ("the plus sign", Target(None, "cross")),
        ("navy blue thing", Target("blue", None)),
        ("the orange one", Target("orange", None)),
    ],
)
def test_understood(text: str, target: Target) -> None:
    assert parse(text) == target


@pytest.mark.parametrize(
    ("instruction", "told"),
    [
        ("", ["empty", "'go to the red ball'"]),
        (" \n ", ["empty"]),
        ("go " * 3333 + "x", ["10000 characters", "at most 300"]),
        (b"go to the red ball", ["text (str), not bytes"]),
        (7, ["not int"]),
        (None, ["not NoneType"]),
        ("go to\x07 the red ball", ["control character U+0007 at position 5"]),
        ("go to the red\u202e ball", ["U+202E"]),
        ("走到红球那里", ["no Latin letter", "English"]),
        ("12 34 !!", ["no Latin letter"]),
        ("colourless ideas", ["names no object", *SHAPES, *COLOURS]),
        ("make coffee", ["'make coffee'", "names no object", *SHAPES]),
        ("go there", ["names no object"]),
        ("go to the thing", ["names no object"]),
        ("go to the pink ball", ["colour 'pink' is unknown:", *COLOURS]),
        ("go to the pink", ["colour 'pink' is unknown"]),
        ("go to the bleu ball", ["'bleu'", "did you mean 'blue'?", *COLOURS]),
        ("go to the crimsn ball", ["'crimsn'", "did you mean 'crimson'?"]),
        ("go to the red bal", ["'bal'", "did you mean 'ball'?", *SHAPES]),
        ("go to the red chair", ["object 'chair' is unknown:", *SHAPES]),
        ("go to the chair", ["object 'chair' is unknown"]),
        ("go to the red ball and the blue cube", ["red, blue and ball, cube", "one at a time"]),
        ("go to the red ball or the blue ball", ["more than one", "red, blue"]),
        ("the red thing and the ball", ["more than one"]),
        ("do not go to the red ball", ["Negation ('not')", "say where to go"]),
        ("Don’t go to the red ball", ["Negation (\"don't\")"]),  # noqa: RUF001
        ("stay away from the red ball", ["Negation ('away')"]),
        ("make a red ball", ["'make' is not understood"]),
        ("fetch the red ball", ["'fetch' is not understood"]),
        ("wlak to the red ball", ["'wlak'", "did you mean 'walk'?"]),
        ("go to the left ball", ["'left'", "colour and shape alone"]),
        ("go to 2 red balls", ["'2' is not understood"]),
    ],
)  # fmt: skip
def test_refused_with_culprit_and_remedy(instruction: object, told: list[str]) -> None:
    with pytest.raises(InstructionError) as refusal:
        parse(instruction)
    message = str(refusal.value)
    assert "\n" not in message
    assert len(message) < 300
    for part in told:
        assert part in message


@given(st.text(max_size=220))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        target = parse(text)
    except InstructionError as refusal:
        assert str(refusal).isprintable()
    else:
        assert target != Target(None, None)
