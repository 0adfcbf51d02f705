"""What WordNet knows of words: of what kind their meanings are, and which colour they mean.

A kind is one of WordNet's 45 lexicographer files, such as artifacts, animals or motions; to travel
is a 46th. An elephant is an animal, and to trudge is to travel: so the reader can take for a
request what it never heard, and refuse what is nothing to walk up to.
"""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS: Final = 46
TRAVEL: Final = 45
"""The kind of a verb that says how one goes somewhere."""
KNOWLEDGE_FILE: Final = Path(__file__).with_name("word_knowledge.npz")
Shares = NDArray[np.float32]


class Knowledge(NamedTuple):
    """What the file holds.

    Attributes:
        kinds: for each word, the share of each kind among its meanings, shape (KINDS,). The last is
            the share of its meanings as a verb.
        colours: for each word that means a colour, the share of each of WIDE_COLOURS, shape (10,).
    """

    kinds: dict[str, Shares]
    colours: dict[str, Shares]


@cache
def word_knowledge() -> Knowledge:
    """Return what ships with Canter."""
    with np.load(KNOWLEDGE_FILE, allow_pickle=False) as table:
        words = [str(word) for word in table["words"]]
        kinds, colours = (table[name].astype(np.float32) / 255 for name in ("kinds", "colours"))
        named = colours.any(axis=1)
        return Knowledge(
            dict(zip(words, kinds, strict=True)),
            {word: row for word, row, told in zip(words, colours, named, strict=True) if told},
        )
