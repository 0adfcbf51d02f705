"""What the model is told: by hand for a sentence of each kind, and refusals by name."""

import numpy as np
import pytest

from canter.control.errors import InstructionError
from canter.control.vocab import GLYPHS, WIDE_COLOURS, Target
from canter.datasets.language.understanding import understand
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.vla.config import TASKS
from canter.vla.instruction import KINDS, LEG, REFERENT, InstructionCode, referent_code

CODE = InstructionCode(TASKS)


def told(text: str) -> dict[str, np.ndarray]:
    return CODE.layout.unpack(CODE.encode(understand(text)))


def referent(part: np.ndarray) -> tuple[str | None, str | None, str | None]:
    """Return colour, kind and glyph of a code."""
    named = REFERENT.unpack(part)
    words = {"colour": WIDE_COLOURS, "kind": KINDS, "glyph": GLYPHS}
    assert named["named"][0] == 1.0
    found = {k: w[int(named[k].argmax())] if named[k].any() else None for k, w in words.items()}
    return found["colour"], found["kind"], found["glyph"]


@pytest.mark.parametrize(
    ("text", "name", "things"),
    [
        ("go to the red ball", "go_to", [("red", "ball", None)]),
        ("go to the blue thing", "go_to", [("blue", None, None)]),
        ("crawl under the yellow bar to the red cone", "crawl",
         [("yellow", "bar", None), ("red", "cone", None)]),
        ("go to the letter B", "distinguish", [(None, "board", "B")]),
        ("follow the green ball", "follow", [("green", "ball", None)]),
        ("drop the ball into the black bin", "unload", [("black", "bin", None)]),
        ("go through the blue tunnel", "go_through", [("blue", "tunnel", None)]),
        ("go to the red ball, then to the blue cube", "sequence",
         [("red", "ball", None), ("blue", "cube", None)]),
    ],
)  # fmt: skip
def test_things_by_hand(text: str, name: str, things: list[tuple[str, str, str]]) -> None:
    parts = told(text)
    assert TASKS[int(parts["task"].argmax())] == name
    assert parts["task"].sum() == 1.0
    got = [parts[f"referent{i}"] for i in range(2) if parts[f"referent{i}"].any()]
    assert [referent(part) for part in got] == things
    assert not parts["leg0"].any()


def test_legs_by_hand() -> None:
    parts = told("turn left by 90 degrees, then walk two metres forward")
    turn, walk = (LEG.unpack(parts[f"leg{i}"]) for i in range(2))
    assert (turn["do"].tolist(), walk["do"].tolist()) == ([0, 1, 0], [1, 0, 0])
    assert (turn["half_turns"][0], turn["metres"][0]) == (0.5, 0.0)
    assert (walk["half_turns"][0], walk["metres"][0]) == (0.0, 2.0)
    assert turn["measured"][0] == walk["measured"][0] == 1.0
    assert not parts["referent0"].any()


def test_every_scene_can_be_told_and_no_two_alike_by_other_words() -> None:
    seen: dict[bytes, tuple[str, dict[str, str]]] = {}
    for name in TASKS:
        for seed in range(12):
            words = {k: w for k, w in task(name).sample(SceneRequest(seed, 3)).words if w}
            code = CODE.code(name, words).tobytes()
            assert seen.setdefault(code, (name, words)) == (name, words)


def test_what_the_model_does_not_know_is_named() -> None:
    with pytest.raises(InstructionError, match="this model knows move"):
        InstructionCode(("move",)).encode(understand("go to the red ball"))
    with pytest.raises(InstructionError, match="colour 'mauve'"):
        CODE.code("go_to", {"colour": "mauve", "shape": "ball"})
    with pytest.raises(InstructionError, match=r"tells the thing by which"):
        CODE.code("go_to", {"shape": "ball", "which": "nearest"})


def test_open_words_are_any() -> None:
    code = REFERENT.unpack(referent_code(Target(None, "ball")))
    assert not code["colour"].any()
    assert code["kind"].sum() == code["named"][0] == 1.0


def test_the_red_one_to_go_through_is_a_gate_or_a_tunnel() -> None:
    """Whatever else is red; what is called by its name is that alone."""

    def kinds(**words: str) -> list[str]:
        code = REFERENT.unpack(CODE.layout.unpack(CODE.code("go_through", words))["referent0"])
        return [KINDS[int(i)] for i in np.flatnonzero(code["kind"])]

    assert kinds(colour="red") == ["gate", "tunnel"]
    assert kinds(colour="red", kind="gate") == ["gate"]
    assert kinds() == []
