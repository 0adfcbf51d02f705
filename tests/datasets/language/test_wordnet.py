"""Definitions read from a database of two words written by hand in WordNet's format."""

from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.datasets.language.wordnet import PARTS_OF_SPEECH, read_definitions

NOUN_DATA = """\
  1 licence
00000010 03 n 01 scarlet 0 001 @ 00000020 n 0000 | a vivid red; or nearly so; "scarlet is worn"
00000020 03 n 02 orb 0 globe 0 000 | a round body
"""
NOUN_INDEX = """\
  1 licence
globe n 1 0 1 0 00000020
orb n 2 1 @ 2 1 00000020 00000010
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small database."""
    for part in PARTS_OF_SPEECH:
        noun = part == "noun"
        (tmp_path / f"data.{part}").write_text(NOUN_DATA if noun else "")
        (tmp_path / f"index.{part}").write_text(NOUN_INDEX if noun else "")
    return tmp_path


def test_definitions_come_in_the_order_of_senses_without_examples(folder: Path) -> None:
    assert read_definitions(folder, ["globe", "unheard", "orb"]) == [
        ["a round body"],
        [],
        ["a round body", "a vivid red; or nearly so"],
    ]


def test_a_missing_database_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match=r"data\.noun is missing.*wordnet-base"):
        read_definitions(tmp_path, ["orb"])
