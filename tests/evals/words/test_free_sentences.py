"""A file of freely written sentences is read whole, or refused by name."""

from collections import Counter
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.evals.words.free_sentences import FreeSentence, read_sentences
from canter.sim.tasks import task_names

SHIPPED = Path("tests/datasets/language/free_sentences.yaml")
TABLE = """
go_to:
  "To the ball, quick": {shape: ball}
kinds:
  "sit": sit
nonsense: ["sing"]
chinese:
  go_to:
    "去红球": {colour: red, shape: ball}
"""


def test_every_part_is_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "said.yaml"
    file.write_text(TABLE, encoding="utf-8")
    assert read_sentences(file) == [
        FreeSentence("To the ball, quick", "English", "go_to", {"shape": "ball"}),
        FreeSentence("sit", "English", "sit", {}),
        FreeSentence("sing", "English", "", {}),
        FreeSentence("去红球", "Chinese", "go_to", {"colour": "red", "shape": "ball"}),
    ]


def test_the_kept_file_asks_for_every_task_in_both_languages() -> None:
    asked = Counter((said.language, said.task) for said in read_sentences(SHIPPED))
    assert asked["English", "go_to"] == 100
    assert all(
        asked[language, name] for language in ("English", "Chinese") for name in task_names()
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a list", "no table"),
        ("go_to: 3", "no tables of sentences"),
        ("chinese: 3", "no tables of sentences"),
        ("nonsense: 3", "no tables of sentences"),
        ("go_to: {", "said.yaml"),
        ("go_to: 2024-99-99", "said.yaml"),
        ("go_to: " + "[" * 5000, "nested too deeply"),
        ("go_to: &a {x: 1}\nmove: *a", "aliases are not allowed"),
    ],
)
def test_what_is_no_such_file_is_refused(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "said.yaml"
    file.write_text(text)
    with pytest.raises(CanterError, match=told):
        read_sentences(file)
    with pytest.raises(CanterError, match="nowhere"):
        read_sentences(tmp_path / "nowhere.yaml")
