"""What people ask of a running session, from any thread to the one that simulates."""

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

from canter.control.types import GaitCommand


@dataclass(frozen=True, slots=True)
class Begin:
    """Start a scene from its beginning.

    Attributes:
        seed: of the scene.
        level: of the scene.
    """

    seed: int
    level: int


@dataclass(frozen=True, slots=True)
class Steer:
    """Drive by hand.

    Attributes:
        command: to obey until the next one.
    """

    command: GaitCommand


@dataclass(frozen=True, slots=True)
class Release:
    """Let the expert drive."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold the simulation, or go on.

    Attributes:
        held: whether to hold it.
    """

    held: bool


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the robot what to do, or to stop.

    Attributes:
        text: whatever was typed.
    """

    text: str


Kind = TypeVar("Kind")
Request = Begin | Steer | Release | Pause


class RequestQueue:
    """A letter box for requests, and one for words, which cannot wait for the next picture."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Request] = SimpleQueue()
        self._said: SimpleQueue[Say] = SimpleQueue()

    def put(self, request: Request | Say) -> None:
        """Leave a request, or words."""
        if isinstance(request, Say):
            self._said.put(request)
        else:
            self._queue.put(request)

    def take(self) -> list[Request]:
        """Return the requests since the last call, the oldest first."""
        return _taken(self._queue)

    def take_said(self) -> list[Say]:
        """Return what was said since the last call, the oldest first."""
        return _taken(self._said)


def _taken(queue: SimpleQueue[Kind]) -> list[Kind]:
    taken: list[Kind] = []
    while True:
        try:
            taken.append(queue.get_nowait())
        except Empty:
            return taken
