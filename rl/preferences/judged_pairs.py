"""From a preference file to what can be learnt from, or a sentence that says why nothing can."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.rl.preferences.preference_file import NOT_JUDGED, Preferences

ONE_SIDED: Final = 8
"""From so many judged pairs on, answers that are all of one side are a stuck key, no taste."""


@dataclass(frozen=True, slots=True)
class JudgedPairs:
    """Pairs that were judged, none of them the other way round too.

    Attributes:
        pairs: those that count.
        judged: how many were judged.
        contradicting: how many of those say the opposite of another, and were left out.
    """

    pairs: Preferences
    judged: int
    contradicting: int

    def segments(self, name: str) -> NDArray[Any]:
        """Return an array of the chosen and the rejected segments, (P, 2, ...)."""
        values: NDArray[Any] = getattr(self.pairs, name)
        first, rows = self.pairs.preferred.astype(int), np.arange(len(values))
        return np.stack([values[rows, first], values[rows, 1 - first]], axis=1)

    def __str__(self) -> str:
        """Return it in words."""
        if not self.contradicting:
            return f"{self.judged} judged pairs, none of which contradicts another"
        share = self.contradicting / self.judged
        return (
            f"{self.judged} judged pairs; {self.contradicting} of them ({share:.0%}) contradict "
            "one another and are left out"
        )


def judged_pairs(pairs: Preferences, source: str) -> JudgedPairs:
    """Return the pairs that can be learnt from.

    Args:
        pairs: of a file.
        source: its name, for messages.

    Raises:
        CanterError: nothing was judged, every answer is of one side, or all contradict.
    """
    found = counted(pairs)
    count = found.judged
    if not count:
        raise CanterError(
            f"'{source}' holds {len(pairs)} pairs and none is judged; judge them: "
            f"canter preferences ask {source}, or collect with a --teacher"
        )
    first = int((pairs.preferred == 0).sum())
    if count >= ONE_SIDED and first in (0, count):
        side = "first" if first else "second"
        raise CanterError(
            f"all {count} answers in '{source}' prefer the {side} segment, though sides are drawn "
            "at random: a key that was held down, or a script that answers blindly; judge again"
        )
    if not len(found.pairs):
        raise CanterError(
            f"all {count} answers in '{source}' contradict one another; judge again with more care"
        )
    return found


def counted(pairs: Preferences) -> JudgedPairs:
    """Return the pairs that were judged and contradict no other, be they as few as they may."""
    asked = pairs.take(pairs.preferred != NOT_JUDGED)
    against = _contradicting(asked)
    return JudgedPairs(asked.take(~against), len(asked), int(against.sum()))


def _contradicting(pairs: Preferences) -> NDArray[np.bool_]:
    """Return which pairs were judged the other way round too, (P,)."""
    digests = [[hashlib.sha256(one.tobytes()).digest() for one in pair] for pair in pairs.action]
    winners: dict[frozenset[bytes], set[bytes]] = defaultdict(set)
    for pair, better in zip(digests, pairs.preferred, strict=True):
        winners[frozenset(pair)].add(pair[better])
    return np.array([len(winners[frozenset(pair)]) > 1 for pair in digests], bool)


def refuse_strangers(pairs: Preferences, robot: str, digest: str, source: str) -> None:
    """Refuse pairs of another robot or another policy than that which is to be tuned.

    Args:
        pairs: of a file.
        robot: name of the robot.
        digest: sha256 of the policy's file.
        source: name of the file with the pairs, for messages.

    Raises:
        CanterError: they are; the message says whose they are.
    """
    origin = pairs.origin
    if origin.robot != robot:
        raise CanterError(
            f"'{source}' holds pairs of the robot {origin.robot}, not of {robot}; collect pairs "
            f"of {robot}, or pass --robot {origin.robot}"
        )
    if origin.policy != digest:
        raise CanterError(
            f"the pairs in '{source}' were walked by another policy (sha256 {origin.policy[:8]}, "
            f"this one is {digest[:8]}); pass that one as --start, or collect pairs of this one"
        )
