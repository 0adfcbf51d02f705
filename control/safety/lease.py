"""The lease: one writer at a time moves the robot; the higher rank takes over, the same waits."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

from canter.control.errors import CanterError

LEASE_TIMEOUT_S = 0.5
"""Silence after which a writer has lost the lease, s."""


class LeaseError(CanterError):
    """A writer may not write now; the message names the one that may."""


class Rank(IntEnum):
    """Who goes before whom; the higher value takes over at once."""

    VLA = 1
    OPERATOR = 2


@dataclass(frozen=True, slots=True)
class Holder:
    """The writer that has the lease.

    Attributes:
        writer: its name.
        rank: its rank.
        since: when it took the lease, monotonic, s.
        renewed: when it last wrote, monotonic, s.
    """

    writer: str
    rank: Rank
    since: float
    renewed: float


class Lease:
    """Held by one named writer; every write claims it anew and silence loses it. Thread safe."""

    def __init__(
        self, timeout_s: float = LEASE_TIMEOUT_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin without a holder.

        Args:
            timeout_s: silence after which the lease is free, s.
            now: monotonic clock, s; never the wall clock or simulated time, which jump and stop.

        Raises:
            CanterError: the time-out is not positive.
        """
        if not (math.isfinite(timeout_s) and timeout_s > 0):
            raise CanterError(f"lease time-out is {timeout_s} s; it must be positive, such as 0.5")
        self.timeout_s = timeout_s
        self._now = now
        self._lock = threading.Lock()
        self._holder: Holder | None = None

    @property
    def holder(self) -> Holder | None:
        """The writer that has the lease now, None where it is free."""
        with self._lock:
            return self._current(self._now())

    def claim(self, writer: str, rank: Rank) -> None:
        """Take or renew the lease, as every writer does with every command.

        Args:
            writer: name of the writer, such as "vla" or the node and topic it writes from.
            rank: its rank; a higher one than the holder's takes over.

        Raises:
            LeaseError: another writer of the same or a higher rank holds it; the message names it.
        """
        if not writer:
            raise LeaseError("a writer without a name claims the lease; give it one")
        with self._lock:
            now = self._now()
            holder = self._current(now)
            if holder is None or rank > holder.rank:
                self._holder = Holder(writer, rank, now, now)
            elif holder.writer == writer:
                self._holder = replace(holder, rank=rank, renewed=now)
            if holder is not None and holder.writer != writer and rank <= holder.rank:
                raise LeaseError(self._refusal(writer, rank, holder))

    def release(self, writer: str) -> bool:
        """Give the lease back; returns whether the writer had it."""
        with self._lock:
            holder = self._current(self._now())
            held = holder is not None and holder.writer == writer
            if held:
                self._holder = None
            return held

    def _current(self, now: float) -> Holder | None:
        holder = self._holder
        if holder is not None and now - holder.renewed > self.timeout_s:
            self._holder = holder = None
        return holder

    def _refusal(self, writer: str, rank: Rank, holder: Holder) -> str:
        return (
            f"'{writer}' (rank {rank.name}) is refused: '{holder.writer}' (rank "
            f"{holder.rank.name}) holds the lease; stop it, or wait until it was silent for "
            f"{self.timeout_s} s"
        )
