"""Things of any name, from the frames of the task go_to."""

import pytest

from canter.control.errors import InstructionError
from canter.datasets.language.outside_things import MOST_WORDS, thing_named, understand_any_thing
from canter.datasets.language.understanding import understand


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("go to the sofa", "sofa", {"shape": "sofa"}),
        ("hey robot, could you please walk to the door", "door", {"shape": "door"}),
        ("go to the dog", "dog", {"shape": "dog"}),
        (
            "find the brown dog and stop next to it",
            "brown dog",
            {"colour": "brown", "shape": "dog"},
        ),
        ("go to the fire extinguisher please", "fire extinguisher", {"shape": "fire extinguisher"}),
        ("go to the couch", "couch", {"shape": "chair"}),
        ("go to the crimson sphere", "crimson sphere", {"colour": "red", "shape": "ball"}),
    ],
)
def test_a_thing_is_called_as_it_was_said(text: str, name: str, words: dict[str, str]) -> None:
    asked = understand_any_thing(text)
    assert (asked.task, asked.words, thing_named(text)) == ("go_to", words, name)


@pytest.mark.parametrize("text", ["turn left", "crawl under the yellow bar", "stop", "come here"])
def test_all_else_is_understood_as_ever(text: str) -> None:
    assert understand_any_thing(text) == understand(text)
    assert thing_named(text) == ""


def test_what_names_no_thing_is_refused() -> None:
    with pytest.raises(InstructionError, match="'go there' asks for nothing"):
        understand_any_thing("go there")
    with pytest.raises(InstructionError, match="10000 characters, at most 300"):
        understand_any_thing("x" * 10_000)
    long = " ".join(["big"] * (MOST_WORDS + 1))
    with pytest.raises(InstructionError, match=f"name has {MOST_WORDS + 2} words"):
        understand_any_thing(f"go to the {long} sofa")
