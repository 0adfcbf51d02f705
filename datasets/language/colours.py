"""Colour words by their RGB values: which of the robot's colours a name is nearest to.

The names and values are matplotlib's XKCD and CSS tables (colour_names.json; XKCD's are CC0, CSS's
are a web standard). A name that holds one of the robot's colours ("dark green") is an example of
that colour; any other name ("azure") is shared among the colours by its nearest examples in CIELAB.
Where the tables are silent, what WordNet says of a word (word_knowledge.npz) tells. SPREAD and
BALANCE were chosen by the names that training says and by each example that the others tell.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language.word_knowledge import word_knowledge

NAMES_FILE = Path(__file__).with_name("colour_names.json")
OTHER = "grey"
"""What is none of the robot's colours."""
NEIGHBOURS = 15
SPREAD = 6.0
"""Distance in CIELAB over which an example's say falls."""
BALANCE = 0.5
"""Power of the number of a colour's examples by which the say of each is less."""

Floats = NDArray[np.float64]


@cache
def colour_shares() -> dict[str, NDArray[np.float32]]:
    """Return for each colour name its share in each of WIDE_COLOURS, shape (10,), sum at most 1.

    What is missing of 1 is the share of greys, which no thing of the robot's world has.
    """
    return dict(word_knowledge().colours) | table_shares()


@cache
def table_shares() -> dict[str, NDArray[np.float32]]:
    """Return what the tables of RGB values alone tell, as `colour_shares`."""
    table: dict[str, str] = json.loads(NAMES_FILE.read_text(encoding="utf-8"))
    classes = (*WIDE_COLOURS, OTHER)
    lab = to_lab(np.array([rgb(value) for value in table.values()]))
    own = [_own_class(name, classes) for name in table]
    examples = np.array([i for i, found in enumerate(own) if found is not None])
    labels = np.array([classes.index(own[i] or OTHER) for i in examples])
    shares: dict[str, NDArray[np.float32]] = {}
    for i, name in enumerate(table):
        if own[i] is not None:
            share = np.eye(len(classes))[classes.index(own[i] or OTHER)]
        else:
            share = _nearest(lab[i], lab[examples], labels, len(classes))
        shares[name] = share[:-1].astype(np.float32)
    return shares


def rgb(value: str) -> tuple[float, float, float]:
    """Return the red, green and blue of "#rrggbb", each 0 to 1."""
    red, green, blue = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def to_lab(colours: Floats) -> Floats:
    """Return CIELAB coordinates under D65 of sRGB colours (CIE 15, IEC 61966-2-1).

    Args:
        colours: each 0 to 1, shape (n, 3).

    Returns:
        Lightness 0 to 100 and the two opponent axes, shape (n, 3).
    """
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.0890])
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def _own_class(name: str, classes: tuple[str, ...]) -> str | None:
    """Return the robot's colour that a name ends with, as "dark green" does."""
    last = name.replace("gray", OTHER).split()[-1]
    return last if last in classes else None


def _nearest(point: Floats, examples: Floats, labels: NDArray[np.intp], count: int) -> Floats:
    """Return the share of each class among the nearest examples, weighted by a Gaussian."""
    distance = np.linalg.norm(examples - point, axis=1)
    near = np.argsort(distance)[:NEIGHBOURS]
    weight = np.exp(-0.5 * (distance[near] / SPREAD) ** 2)
    weight /= np.bincount(labels, minlength=count)[labels[near]] ** BALANCE
    share = np.bincount(labels[near], weights=weight, minlength=count)
    return share / max(float(share.sum()), 1e-9)
