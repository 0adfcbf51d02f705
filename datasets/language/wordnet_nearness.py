"""How near two names of things are in WordNet: what both of them are, by Lin's measure."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.datasets.language.wordnet import THINGS, WordNet

MOST_SENSES: Final = 3
RARER: Final = 0.95
"""What each rarer meaning of a name counts beside the one before it."""
Floats = NDArray[np.float32]
Key = tuple[str, int]


class Nearness:
    """Lin's measure (1998) over the nouns of WordNet.

    How much a meaning tells is one less the logarithm of how many are below it, over that of all
    (Seco, Veale and Hayes 2004).
    """

    def __init__(self, net: WordNet) -> None:
        self._net = net

    def between(self, names: Sequence[str], known: Sequence[str]) -> Floats:
        """Return how near each name is to each known one, 0 to 1, shape (names, known).

        A name that WordNet lacks stands for its last word; one without a meaning that is a thing is
        near to none.
        """
        meant = [(column, key, weight) for column, name in enumerate(known)
                 for key, weight in self._senses(name)]  # fmt: skip
        shared: dict[Key, NDArray[np.bool_]] = {}
        for row, (_, key, _) in enumerate(meant):
            for one in self._above(key):
                shared.setdefault(one, np.zeros(len(meant), np.bool_))[row] = True
        tells = np.array([self._tells[key] for _, key, _ in meant])
        weights = np.array([weight for _, _, weight in meant])
        columns = np.array([column for column, _, _ in meant])
        found = np.zeros((len(names), len(known)), np.float32)
        for row, name in enumerate(names):
            for key, weight in self._senses(name):
                common = np.zeros(len(meant))
                for one in self._above(key):
                    if one in shared:
                        common = np.maximum(common, self._tells[one] * shared[one])
                near = 2 * common / (tells + self._tells[key]) * weights * weight
                np.maximum.at(found[row], columns, near.astype(np.float32))
        return found

    @cached_property
    def _tells(self) -> dict[Key, float]:
        nouns = [key for key in self._net.meanings if key[0] == "n"]
        below = dict.fromkeys(nouns, 0)
        for key in nouns:
            for one in self._above(key):
                below[one] += 1
        return {key: 1 - float(np.log(n) / np.log(len(nouns))) for key, n in below.items()}

    def _above(self, key: Key) -> Iterator[Key]:
        return (one for one in self._net.above(key) if one[0] == key[0])

    def _senses(self, name: str) -> list[tuple[Key, float]]:
        """Return a name's most frequent meanings that are things, with what each counts."""
        for form in (name, name.rsplit(maxsplit=1)[-1]):
            keys = (one.key for one in self._net.senses.get(form, ()) if one.key[0] == "n")
            things = [key for key in keys if self._net.meanings[key].file in THINGS]
            if things:
                return [(key, RARER**row) for row, key in enumerate(things[:MOST_SENSES])]
        return []
