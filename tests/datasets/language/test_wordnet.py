"""WordNet's database as it is read, and what is taken from it, on a database of a few words."""

from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language.build_things import kinds_of_words
from canter.datasets.language.word_knowledge import TRAVEL
from canter.datasets.language.wordnet import WordNet
from canter.datasets.language.wordnet_colours import told_colours
from canter.datasets.language.wordnet_nearness import Nearness

SENSES = """\
box%1:06:00:: 00000011 1 9
crate%1:06:00:: 00000010 1 1
orb%1:12:00:: 00000020 2 0
orb%1:25:00:: 00000030 1 3
thing%1:06:00:: 00000012 1 0
ebony%1:07:00:: 00000041 2 0
ebony%1:20:00:: 00000042 1 0
black%1:07:00:: 00000040 1 0
raven%1:05:00:: 00000043 1 0
soot%1:27:00:: 00000044 1 0
sooty%3:01:00:: 00000010 1 0
hike%1:04:00:: 00000045 1 1
hike%2:38:00:: 00000011 1 3
travel%2:38:00:: 00000010 1 0
"""
NOUNS = """  1 This is a licence.
00000010 06 n 01 crate 0 001 @ 00000011 n 0000 | a rugged box; "he opened the crate"
00000011 06 n 01 box 0 001 @ 00000012 n 0000 | a container
00000012 06 n 01 thing 0 000 | what is
00000020 12 n 01 orb 0 000 | a feeling
00000030 25 n 02 orb 0 globe 0 001 @ 00000012 n 0000 | (an object with a spherical shape)
00000040 07 n 02 black 0 blackness 0 000 | the darkest colour
00000041 07 n 01 ebony 0 001 @ 00000040 n 0000 | a very dark one
00000042 20 n 01 ebony 0 000 | a tree with green leaves
00000043 05 n 01 raven 0 000 | large black bird
00000044 27 n 01 soot 0 000 | a black powder
00000045 04 n 01 hike 0 000 | a long walk
"""
VERBS = """  1 This is a licence.
00000010 38 v 02 travel 0 locomote 0 000 02 + 01 00 + 02 00 | change location
00000011 38 v 01 hike 0 001 @ 00000010 v 0000 01 + 02 00 | walk a long way
"""
ADJECTIVES = """  1 This is a licence.
00000010 01 a 01 sooty 0 000 | covered with dirt
"""


@pytest.fixture
def net(tmp_path: Path) -> WordNet:
    """Return a database of a few words."""
    files = {"index.sense": SENSES, "data.noun": NOUNS, "data.verb": VERBS, "data.adj": ADJECTIVES,
             "data.adv": ""}  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return WordNet(tmp_path)


def test_names_of_things_are_defined_by_their_meanings_that_are_things(net: WordNet) -> None:
    assert dict(net.definitions) == {
        "box": "a container",
        "crate": "a rugged box",
        "orb": "an object with a spherical shape",
        "thing": "what is",
    }


def test_what_is_above_a_meaning_is_found_with_its_distance(net: WordNet) -> None:
    assert net.above(("n", 10)) == {("n", 10): 0, ("n", 11): 1, ("n", 12): 2}
    assert net.is_travel(("v", 11)) and not net.is_travel(("n", 10))


def test_lins_measure_is_that_of_the_formula(net: WordNet) -> None:
    tells = 1 - np.log([1, 2, 4]) / np.log(11)  # crate, box (and crate), thing (and all three)
    near = Nearness(net).between(["crate", "orb", "raven"], ["box", "wooden crate"])
    assert near[0, 0] == pytest.approx(2 * tells[1] / (tells[0] + tells[1]))
    assert near[0, 1] == pytest.approx(1.0)  # a wooden crate is a crate
    assert near[1, 0] == pytest.approx(2 * tells[2] / (tells[0] + tells[1]))
    assert not near[2].any()  # a raven is no thing


def test_shades_definitions_and_what_is_made_of_them_have_colours(net: WordNet) -> None:
    told = told_colours(net, ["ebony", "raven", "soot", "sooty", "reddish", "crate"])
    black = WIDE_COLOURS.index("black")
    assert told["ebony"][black] == 1.0
    assert told["raven"][black] == pytest.approx(0.6) == told["sooty"][black]
    assert told["reddish"][WIDE_COLOURS.index("red")] == 1.0
    assert "crate" not in told


def test_kinds_are_shares_by_how_frequent_each_meaning_is(net: WordNet) -> None:
    crate, hike = kinds_of_words(net, ["crate", "hike"])
    assert crate[6] == pytest.approx(1.0) and crate[TRAVEL] == 0.0
    assert hike[[4, 38, TRAVEL]] == pytest.approx([1.5 / 4.75, 3.25 / 4.75, 1.0], abs=1e-5)


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match=r"holds no index\.sense"):
        WordNet(tmp_path)
