"""Time stamps of what arrives: monotone, not from the future, with a way back after a new start."""

import math
import time
from collections.abc import Callable

from canter.control.errors import CanterError

AHEAD_S = 0.5
"""How far a stamp may be ahead of this node's clock, s."""
FORGET_S = 1.0
"""Silence of good stamps after which the sender may have started anew, s."""


class StampGate:
    """Lets time stamps pass that go forward; thread safe for one thread.

    A sender that starts anew, or whose clock was set back, is refused until no good stamp came for
    `forget_s`; its next one is then taken for a new beginning.
    """

    def __init__(
        self,
        what: str,
        ahead_s: float = AHEAD_S,
        forget_s: float = FORGET_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin without a stamp.

        Args:
            what: name of the topic, for messages.
            ahead_s: how far a stamp may be ahead of the node's clock, s.
            forget_s: silence after which any stamp is a new beginning, s.
            now: monotonic clock, s.
        """
        self._what, self._ahead, self._forget, self._now = what, ahead_s, forget_s, now
        self._latest: float | None = None
        self._heard = -math.inf

    def check(self, stamp: float, clock: float | None = None) -> None:
        """Take a stamp.

        Args:
            stamp: of the message, s.
            clock: what the node's own clock shows, s; None where it cannot tell.

        Raises:
            CanterError: not finite, from the future, or before the one that came last.
        """
        if not math.isfinite(stamp):
            raise CanterError(f"{self._what}: time stamp {stamp}")
        if clock is not None and stamp - clock > self._ahead:
            raise CanterError(
                f"{self._what}: stamp {stamp:.3f} s is {stamp - clock:.3f} s ahead of this node's "
                "clock; compare use_sim_time and the clocks of both ends"
            )
        now = self._now()
        if self._latest is not None and stamp < self._latest and now - self._heard < self._forget:
            raise CanterError(
                f"{self._what}: time went back from {self._latest:.3f} s to {stamp:.3f} s; there "
                "is a second sender, or the sender's clock was set"
            )
        self._latest, self._heard = stamp, now

    def restart(self) -> None:
        """Take the next stamp for a new beginning."""
        self._latest = None
