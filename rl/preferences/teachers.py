"""Scripted teachers: they judge pairs of segments by what was measured, and err as people do."""

import numpy as np
from numpy.typing import NDArray

from canter.control.types import Array
from canter.rl.preferences.preference_file import NOT_JUDGED, SCORES
from canter.sim.locomotion.gait_style import UNITS, GaitStyle

TEACHERS: tuple[str, ...] = tuple(UNITS)
"""Those that give a score, by what they look at."""
OBEDIENCE = 1.0
"""What a unit of command error costs a segment, in logarithms of the quantity."""
TINY = 1e-3
"""Keeps the logarithm of a quantity that may be zero finite, in its unit."""


def packed_scores(style: GaitStyle) -> NDArray[np.float32]:
    """Return the scores of N robots, (N, SCORES.size)."""
    named = {**style.quantities, "command_error": style.command_error()}
    return SCORES.pack({name: named[name][:, None] for name in SCORES}).astype(np.float32)


def cost(scores: Array, teacher: str) -> Array:
    """Return what a teacher holds against segments, (...,): log quantity and command error.

    Args:
        scores: (..., SCORES.size).
        teacher: what it looks at.
    """
    quantity = scores[..., SCORES[teacher].start]
    error = scores[..., SCORES["command_error"].start]
    return np.asarray(np.log(quantity + TINY) + OBEDIENCE * error)


def judge(
    scores: Array,
    fallen: NDArray[np.bool_],
    teacher: str,
    err: float,
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Return which segment of each pair a teacher prefers, (P,).

    A robot that fell loses; where both fell, or the teacher gives no score, there is no answer.

    Args:
        scores: of the segments, (P, 2, SCORES.size).
        fallen: who fell, (P, 2).
        teacher: what it looks at.
        err: share of the answers that are turned around.
        rng: which.
    """
    turned = rng.random(len(scores)) < err
    if teacher not in TEACHERS:
        return np.full(len(scores), NOT_JUDGED, np.int8)
    better = np.argmin(cost(scores, teacher) + np.where(fallen, 1e6, 0.0), axis=1)
    answers = np.where(turned, 1 - better, better)
    return np.where(fallen.all(axis=1), NOT_JUDGED, answers).astype(np.int8)
