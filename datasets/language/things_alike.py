"""How much a name is like those of the robot's things: what a sentence model and WordNet know.

"Crate" is not among the names that training says, but its meaning is near "box" and "chest", which
are; so most of its share is the cube's. Of a name that training says, the share is told by the
other names alone: so what the reader learns of shares holds for names that it never heard.
"""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

THINGS_FILE: Final = Path(__file__).with_name("things_alike.npz")


class Table(NamedTuple):
    """What the file holds.

    Attributes:
        kinds: of things that are told apart.
        rows: of each name, as `things_alike` returns them.
    """

    kinds: tuple[str, ...]
    rows: dict[tuple[str, ...], NDArray[np.float32]]


@cache
def _table() -> Table:
    with np.load(THINGS_FILE, allow_pickle=False) as table:
        rows = table["rows"].astype(np.float32) / 255
        names = (tuple(str(name).split()) for name in table["names"])
        kinds = tuple(str(kind) for kind in table["kinds"])
        return Table(kinds, dict(zip(names, rows, strict=True)))


def things_alike() -> dict[tuple[str, ...], NDArray[np.float32]]:
    """Return for each name its share in each of kinds() and, last, how near the nearest name is.

    Shares sum to 1; nearness is the cosine of two meanings, 0 to 1. Shape (len(kinds()) + 1,).
    """
    return _table().rows


def kinds() -> tuple[str, ...]:
    """Return the kinds of things that the table tells apart."""
    return _table().kinds
