"""Heartbeats: processes that must be heard from, and the operator who must answer.

After Spot's motor-power authority: an operator proves to be alive by answering challenges, each
once and in time, so that neither a queue nor a recording can stand in for a person.
"""

import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from canter.control.errors import CanterError

START_GRACE_S = 10.0
"""How long a source may take until it is first heard, s."""
OPERATOR_TIMEOUT_S = 0.5
SETTLE_S = 1.5
"""How long a robot that lost its operator may take to come to rest before it is damped, s."""
CHALLENGE_BITS = 63
"""Width of a challenge; it fits signed and unsigned 64-bit messages."""
OPEN_CHALLENGES = 64
"""Challenges that may wait for an answer; older ones are forgotten."""


class Pulse(StrEnum):
    """What is known of a source."""

    WAITING = "waiting"
    ALIVE = "alive"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Beat:
    """One source at one time.

    Attributes:
        pulse: whether it is alive.
        age_s: time since it was last heard, or since the watch began, s.
        timeout_s: silence that is allowed, s.
    """

    pulse: Pulse
    age_s: float
    timeout_s: float


class Heartbeats:
    """Watches named sources, each with its own time-out. Thread safe."""

    def __init__(
        self,
        timeouts_s: Mapping[str, float],
        grace_s: float = START_GRACE_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the watch.

        Args:
            timeouts_s: silence allowed of each source by name, s.
            grace_s: how long a source may take until it is first heard, s.
            now: monotonic clock, s.

        Raises:
            CanterError: a time-out is not positive; the message names the source.
        """
        for name, timeout in timeouts_s.items():
            _check_positive(f"time-out of '{name}'", timeout)
        _check_positive("grace", grace_s)
        self._timeouts = dict(timeouts_s)
        self._grace = grace_s
        self._now = now
        self._start = now()
        self._heard: dict[str, float] = {}

    def beat(self, name: str) -> None:
        """Note that a source was heard now; raises CanterError for one that is not watched."""
        if name not in self._timeouts:
            raise CanterError(f"no heartbeat '{name}'; watched are {', '.join(self._timeouts)}")
        self._heard[name] = self._now()

    def status(self) -> dict[str, Beat]:
        """Return every source by name."""
        now = self._now()
        return {name: self._beat(name, now) for name in self._timeouts}

    def lost(self) -> dict[str, Beat]:
        """Return the sources that are silent for too long, by name."""
        return {name: beat for name, beat in self.status().items() if beat.pulse is Pulse.LOST}

    def restart(self) -> None:
        """Forget what was heard; the grace begins anew."""
        self._heard.clear()
        self._start = self._now()

    def _beat(self, name: str, now: float) -> Beat:
        timeout = self._timeouts[name]
        heard = self._heard.get(name)
        if heard is not None:
            pulse = Pulse.ALIVE if now - heard <= timeout else Pulse.LOST
            return Beat(pulse, now - heard, timeout)
        age = now - self._start
        return Beat(Pulse.WAITING if age <= self._grace else Pulse.LOST, age, timeout)


class Reaction(IntEnum):
    """What the robot must do for want of its operator; the higher value is the stronger."""

    GO = 0
    SETTLE = 1
    DAMP = 2


def answer_to(challenge: int) -> int:
    """Return the answer to a challenge, its complement: an echo is no answer."""
    return ~challenge & ((1 << CHALLENGE_BITS) - 1)


def random_challenge() -> int:
    """Return a challenge that nobody can foresee."""
    return secrets.randbits(CHALLENGE_BITS)


class OperatorHeartbeat:
    """Challenges the operator and says what follows from silence. Thread safe.

    The first loss settles the robot and then damps it; a second loss damps at once. Damping is
    latched until `reset`. Until the first answer the robot is damped, without a latch.

    Attributes:
        losses: how often the operator was lost since the last reset.
    """

    def __init__(
        self,
        timeout_s: float = OPERATOR_TIMEOUT_S,
        settle_s: float = SETTLE_S,
        now: Callable[[], float] = time.monotonic,
        draw: Callable[[], int] = random_challenge,
    ) -> None:
        """Wait for the first answer.

        Args:
            timeout_s: largest age of the newest challenge that was answered, s.
            settle_s: time to come to rest after the first loss, s.
            now: monotonic clock, s.
            draw: source of challenges, 0 <= challenge < 2**63.

        Raises:
            CanterError: a time is not positive.
        """
        _check_positive("operator time-out", timeout_s)
        _check_positive("time to settle", settle_s)
        self.timeout_s, self.settle_s = timeout_s, settle_s
        self.losses = 0
        self._now, self._draw = now, draw
        self._lock = threading.Lock()
        self._open: OrderedDict[int, float] = OrderedDict()
        self._alive: float | None = None
        self._lost = False
        self._latched = False

    def challenge(self) -> int:
        """Return a new challenge to send, several a time-out."""
        with self._lock:
            drawn = self._draw()
            self._open[answer_to(drawn)] = self._now()
            while len(self._open) > OPEN_CHALLENGES:
                self._open.popitem(last=False)
            return drawn

    def answer(self, response: int) -> None:
        """Take an answer; it proves life at the time its challenge was sent.

        Raises:
            CanterError: it answers no open challenge: wrong, repeated, overtaken or too late.
        """
        with self._lock:
            now = self._now()
            self._react(now)
            sent = self._open.get(response)
            if sent is None or now - sent > self.timeout_s:
                raise CanterError(
                    f"operator answer {response} refused: it answers no challenge of the last "
                    f"{self.timeout_s} s; answer each challenge once, with its 63-bit complement"
                )
            self._open = OrderedDict((key, at) for key, at in self._open.items() if at > sent)
            self._alive = sent
            self._lost = False

    def reaction(self) -> Reaction:
        """Return what the robot must do now; ask several times a time-out."""
        with self._lock:
            return self._react(self._now())

    def reset(self) -> None:
        """Clear losses and latch, for a person who has seen the robot.

        Raises:
            CanterError: the operator does not answer.
        """
        with self._lock:
            if self._alive is None or self._now() - self._alive > self.timeout_s:
                raise CanterError("reset refused: no operator answers the heartbeat; connect one")
            self.losses, self._lost, self._latched = 0, False, False

    def _react(self, now: float) -> Reaction:
        if self._alive is None:
            return Reaction.DAMP
        age = now - self._alive
        if age > self.timeout_s and not self._lost:
            self._lost = True
            self.losses += 1
        if self._lost and (self.losses > 1 or age > self.timeout_s + self.settle_s):
            self._latched = True
        if self._latched:
            return Reaction.DAMP
        return Reaction.SETTLE if self._lost else Reaction.GO


def _check_positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise CanterError(f"the {name} is {value} s; it must be positive")
