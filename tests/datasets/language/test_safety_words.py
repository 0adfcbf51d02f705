"""What stops the robot, in many wordings, and what only sounds like it."""

import time

import pytest

from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.tasks import task_names
from canter.datasets.language.understanding import understand

STOPS = (
    *("stop", "Stop!", "STOP STOP", "please stop now", "stop, please", "stop-stop-stop", "STOOOOP"),
    *("halt", "halt!", "freeze", "freeze, don't move", "do not move", "don't move"),
    *("don\u2019t move", "stop."),
    *("dont go any further", "do not walk", "do not move a muscle", "don't take another step"),
    *("stand still", "stand still, please", "hold still", "stay", "stay put", "stay where you are"),
    *("wait", "wait a moment", "wait here", "wait, wait, wait", "hold on", "hold on a second"),
    *("whoa", "whoaaa!", "whoa there", "hold it", "hold it right there", "hold your position"),
    *("emergency stop", "emergency stop!", "e-stop", "emergency", "abort", "pause"),
    *("stop moving", "stop the robot", "stop it", "stop everything now", "stop walking", "cease"),
    *("that's enough",),
    *("stop what you're doing", "cease all movement", "come to a halt", "stop right there"),
    *("could you please stop", "I said stop", "you must stop immediately"),
    *("hey robot, stop walking",),
    *("no! stop!", "Stop. Stop. Stop.", "Stop! You will hit the table!", "Halt! Halt!"),
    *("\uff53\uff54\uff4f\uff50",),
    *("停", "停下", "停下!", "请停下来", "站住", "不要动", "别动", "等一下", "快停下", "停停停"),
    *("стоп", "止まれ", "멈춰", "alto", "bleib stehen", "  stop\n", "stop...", "«stop»", "sotp"),
)  # fmt: skip
OTHERS = (
    *("stop in front of the red ball", "go to the red ball and stop", "stop at the blue cube"),
    *("walk to the ball, then stop", "halt at the green cone", "stop before the bar", "stop sign"),
    *("stay close to the red ball", "wait for the ball to move", "wait by the door", "red ball"),
    *("don't stop", "do not stop", "never stop", "keep going", "go on", "continue", "go", "walk"),
    *("don't go to the red ball", "do not touch the ball", "hold the ball", "freeze tag", "move"),
    *("make me a sandwich", "please", "no", "robot", "now", "here", "", "?!", " ", "stand up"),
    *("stop when you reach the ball", "find the stop sign", "follow the person", "不要停"),
    *("走到红球",),
)  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_it_stops(text: str) -> None:
    assert is_stop(text)
    assert understand(text).kind == "stop"


@pytest.mark.parametrize("text", OTHERS)
def test_it_does_not_stop(text: str) -> None:
    assert not is_stop(text)


def test_no_sentence_of_a_task_stops() -> None:
    sentences = {"crawl under the bar", "push the ball into the bin", "go to the red ball"}
    assert task_names()
    assert not [text for text in sentences if is_stop(text)]


@pytest.mark.parametrize("text", [None, 1, b"stop", ["stop"]])
def test_what_is_no_text_stops_nothing(text: object) -> None:
    assert not is_stop(text)


def test_long_texts_take_no_time() -> None:
    begin = time.perf_counter()
    for text in ("stop " * 100_000, "no " * 100_000, "停" * 100_000, "a" * 100_000):
        is_stop(text)
    assert time.perf_counter() - begin < 1.0
