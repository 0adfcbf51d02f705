"""How good warnings of falls are: lead time of each fall, and warnings that no fall followed."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FOLLOWED_S = 1.0
"""A warning was right if the robot falls within this time, s."""
QUIET_S = 0.5
"""Warnings closer together than this are one, s."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Alarms:
    """Warnings over some walks.

    Attributes:
        leads: time from the first warning of its last second to each fall, s; 0 where none came.
        false: warnings that no fall followed.
        seconds: how long was walked, s.
    """

    leads: NDArray[np.float64]
    false: int
    seconds: float


def score_alarms(warned: Flags, fallen: Flags, ended: Flags, period_s: float) -> Alarms:
    """Return how good the warnings of N walks were.

    Args:
        warned: whether it warned before each step, (T, N).
        fallen: whether the robot fell in the step, (T, N).
        ended: whether the walk ended in the step, (T, N); the robot begins anew after it.
        period_s: time of a step, s.
    """
    leads: list[float] = []
    false = 0
    reach, quiet = round(FOLLOWED_S / period_s), round(QUIET_S / period_s)
    for robot in range(warned.shape[1]):
        bounds = [0, *(np.flatnonzero(ended[:, robot]) + 1), len(warned)]
        for start, stop in pairwise(bounds):
            if stop <= start:
                continue
            fell = bool(fallen[stop - 1, robot])
            at = np.flatnonzero(warned[start:stop, robot])
            length = stop - start
            if fell:
                last = at[at >= length - reach]
                leads.append((length - int(last[0])) * period_s if len(last) else 0.0)
            begun = at[np.diff(at, prepend=-quiet - 1) > quiet]
            wrong = begun < length - reach if fell else np.ones(len(begun), bool)
            if fell and len(begun):
                wrong &= ~_reaches(at, begun, length - reach, quiet)
            false += int(wrong.sum())
    return Alarms(np.array(leads), false, warned.size * period_s)


def _reaches(at: NDArray[np.intp], begun: NDArray[np.intp], late: int, quiet: int) -> Flags:
    """Tell which warnings go on, without a pause, into the last second before the fall."""
    ends = [*begun[1:], at[-1] + quiet + 1]
    last = [at[at < end][-1] for end in ends]
    return np.array([value >= late for value in last], bool)


def confirmed(over: Flags) -> Flags:
    """Tell where a risk is over its limit for the second step in a row, (T, N): it warns then."""
    before = np.concatenate([np.zeros_like(over[:1]), over[:-1]])
    return np.asarray(over & before)


def falls_within(fallen: Flags, ended: Flags, steps: int) -> Flags:
    """Tell before each step whether the walk ends in a fall within so many steps, (T, N)."""
    soon = np.zeros(fallen.shape, bool)
    left = np.full(fallen.shape[1], steps)
    for t in range(len(fallen) - 1, -1, -1):
        left = np.where(fallen[t], 0, np.where(ended[t], steps, left + 1))
        soon[t] = left < steps
    return soon
