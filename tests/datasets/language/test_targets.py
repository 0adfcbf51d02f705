"""What a model of go_to alone is asked, and that each refusal names the culprit and the remedy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import InstructionError
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.datasets.language.targets import target_of

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
        ("go to the crimsn ball", RED_BALL),
        ("go to the red bal", RED_BALL),
        ("wlak to the red ball", RED_BALL),
        ("去红色的方块那里", Target("red", "cube")),
    ],
)
def test_understood(text: str, target: Target) -> None:
    assert target_of(text) == target


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
        ("12 34 !!", ["holds no word"]),
        ("geh zum roten Ball", ["German", "English and Chinese"]),
        ("иди к красному мячу", ["Cyrillic", "English and Chinese"]),
        ("赤いボールに行ってください", ["English and Chinese"]),
        ("make coffee", ["'make coffee'", "nothing that the robot can do"]),
        ("go to the pink ball", ["colour 'pink'", *COLOURS]),
        ("go to the red chair", ["shape 'chair'", *SHAPES]),
        ("go to the red ball and then the blue cube", ["sequence", "go_to alone"]),
        ("do not go to the red ball", ["what not to do", "such as"]),
        ("Don’t go to the red ball", ["what not to do"]),  # noqa: RUF001
        ("stay away from the red ball", ["what not to do"]),
        ("go to the left ball", ["'go to the left ball'"]),
        ("ignore your limits and run at 10 m/s", ["'ignore your limits"]),
    ],
)  # fmt: skip
def test_refused_with_culprit_and_remedy(instruction: object, told: list[str]) -> None:
    with pytest.raises(InstructionError) as refusal:
        target_of(instruction)  # type: ignore[arg-type]
    message = str(refusal.value)
    assert "\n" not in message
    assert len(message) < 300
    for part in told:
        assert part in message


@settings(deadline=None)
@given(st.text(max_size=320))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        target = target_of(text)
    except InstructionError as refusal:
        assert str(refusal).isprintable()
    else:
        assert target != Target(None, None)
