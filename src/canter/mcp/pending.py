"""What agents wait for: a sentence that is carried out, a stop whose robot is not at rest yet."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from canter.control.errors import CanterError
from canter.mcp.answers import Outcome, StopOutcome

Answer = TypeVar("Answer")


class RefusedError(CanterError):
    """What an agent asks is not done; the message says why."""


@dataclass(slots=True)
class Said:
    """A sentence that is being carried out; ``begun`` is the follower's number of it."""

    text: str
    understood: str
    begun: int
    done: "Future[Outcome]"
    elapsed_s: float = 0.0


@dataclass(slots=True)
class Stopping:
    """A stop whose robot is not at rest yet."""

    since: float
    done: "Future[StopOutcome]"


def give(future: "Future[Answer]", answer: Answer) -> None:
    """Answer, unless nobody waits for it any more."""
    if future.set_running_or_notify_cancel():
        future.set_result(answer)


def refuse(future: "Future[Any]", why: str) -> None:
    """Say why it is not done, unless nobody waits for it any more."""
    if future.set_running_or_notify_cancel():
        future.set_exception(RefusedError(why))
