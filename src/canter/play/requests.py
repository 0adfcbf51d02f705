"""What people ask of a running session, from any thread to the one that simulates."""

from dataclasses import dataclass
from queue import Empty, SimpleQueue

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


Request = Begin | Steer | Release | Pause


class RequestQueue:
    """A letter box for requests."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Request] = SimpleQueue()

    def put(self, request: Request) -> None:
        """Leave a request."""
        self._queue.put(request)

    def take(self) -> list[Request]:
        """Return the requests since the last call, the oldest first."""
        taken: list[Request] = []
        while True:
            try:
                taken.append(self._queue.get_nowait())
            except Empty:
                return taken
