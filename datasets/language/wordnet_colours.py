"""What colour WordNet says that a word means: "raven" is black, "mossy" is as green as moss.

A shade below one of the robot's colours is that colour; of other words, the definition may name
one ("ebony: of a very dark black"). A quality is coloured as what it is made from.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language.colours import table_shares
from canter.datasets.language.wordnet import Meaning, WordNet

ATTRIBUTES: Final = 7
"""The lexicographer file of qualities that shades of a colour are in."""
MOST_SENSES: Final = 4
OF_A_THING: Final = 0.6
"""Share of a colour that the definition of a thing names, which has more to it than its colour."""
ENDINGS: Final = ("y", "ish", "en", "ed", "ey")
"""What makes a quality from a thing."""
_SAID: Final = {
    form: colour
    for colour in (*WIDE_COLOURS, "grey")
    for form in (colour, f"{colour}ish", f"{colour}ness")
} | {
    "gray": "grey", "grayish": "grey", "grayness": "grey", "purplish": "purple",
    "bluish": "blue", "reddish": "red", "whitish": "white", "pinkish": "pink",
    "blackish": "black", "brownish": "brown", "golden": "yellow", "blueness": "blue",
    "scarlet": "red", "crimson": "red", "violet": "purple",
}  # fmt: skip
_WORD: Final = re.compile(r"[a-z]+")
Shares = NDArray[np.float32]


def told_colours(net: WordNet, words: Collection[str]) -> dict[str, Shares]:
    """Return the share of each of WIDE_COLOURS in those words that have a colour, shape (10,)."""
    told = {word: found for word in words if (found := _told(net, word)) is not None}
    known = told | table_shares()
    return told | {
        word: known[stem]
        for word in words
        if word not in told and (stem := next(_stems(word, known), "")) and _is_quality(net, word)
    }


def _told(net: WordNet, word: str) -> Shares | None:
    """Return the colours of a word's first meaning that tells any; a shade goes first."""
    if word in _SAID:
        return _shares([_SAID[word]], 1.0)
    senses = net.senses.get(word, ())
    shades = (_shade(net, one.key) for one in senses if one.key[0] == "n")
    shade = next((found for found in shades if found), "")
    if shade:
        return _shares([shade], 1.0)
    by_part = ([one for one in senses if one.key[0] == part][:MOST_SENSES] for part in "an")
    for part, some in zip("an", by_part, strict=True):
        for sense in some:
            named = _named(net.meanings[sense.key])
            if named:
                return _shares(named, 1.0 if part == "a" else OF_A_THING)
    return None


def _shade(net: WordNet, key: tuple[str, int]) -> str:
    """Return the nearest colour above a meaning; empty where it is no shade of one."""
    for one, _ in sorted(net.above(key).items(), key=lambda found: found[1]):
        meaning = net.meanings[one]
        colours = {_SAID[word] for word in meaning.words if word in _SAID}
        if meaning.file == ATTRIBUTES and len(colours) == 1:
            return colours.pop()
    return ""


def _named(meaning: Meaning) -> list[str]:
    """Return the colours that a definition names."""
    return [_SAID[word] for word in _WORD.findall(meaning.gloss) if word in _SAID]


def _shares(colours: list[str], weight: float) -> Shares:
    share = np.zeros(len(WIDE_COLOURS), np.float32)
    for colour in colours:
        if colour in WIDE_COLOURS:
            share[WIDE_COLOURS.index(colour)] += weight / len(colours)
    return share


def _stems(word: str, told: Mapping[str, Shares]) -> Iterator[str]:
    """Yield the told words that a quality may be made from ("sooty" from "soot")."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            forms = (stem, f"{stem}e", stem[:-1] if stem[-1] == stem[-2] else stem)
            yield from (form for form in forms if form in told)


def _is_quality(net: WordNet, word: str) -> bool:
    return any(sense.key[0] == "a" for sense in net.senses.get(word, ()))
