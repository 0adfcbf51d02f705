"""Whose words a robot hears, to see what it does without its own; numpy alone."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Hearing = Literal["said", "blank", "permuted"]
"""What a robot hears: what it is told, nothing, or what another robot is told."""
NOBODY = -1
"""Stands for who is heard by a robot that hears nothing."""


def speakers(told: NDArray[np.float32], hearing: Hearing) -> NDArray[np.intp]:
    """Return whose instruction each of N robots hears, NOBODY for none, (N,).

    Permuted instructions are dealt so that as few robots as possible hear their own meaning: sorted
    by meaning, they are shifted by the number of the most frequent one. Where more than half of the
    robots are told the same, some hear themselves.

    Args:
        told: vectors of the robots' instructions, (N, width); equal ones mean the same.
        hearing: what the robots hear.
    """
    robots = np.arange(len(told))
    if hearing == "said":
        return robots
    if hearing == "blank":
        return np.full_like(robots, NOBODY)
    _, inverse, counts = np.unique(told, axis=0, return_inverse=True, return_counts=True)
    meaning = inverse.ravel()
    order = np.argsort(meaning, kind="stable")
    heard = np.empty_like(robots)
    heard[order] = np.roll(order, -int(counts.max()))
    return np.where(meaning[heard] == meaning, robots, heard)


def spoken(instructions: Sequence[str], hearing: Hearing) -> tuple[NDArray[np.intp], list[str]]:
    """Return whose instruction each of N robots hears, (N,), and what that is, empty for nothing.

    The same words count as the same meaning.

    Args:
        instructions: what the robots are told.
        hearing: what they hear.
    """
    _, wording = np.unique(instructions, return_inverse=True)
    heard = speakers(wording[:, None].astype(np.float32), hearing)
    return heard, ["" if i == NOBODY else instructions[i] for i in heard]
