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


Wish = Begin | Steer | Release | Pause


class Wishes:
    """A letter box for wishes."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Wish] = SimpleQueue()

    def put(self, wish: Wish) -> None:
        """Leave a wish."""
        self._queue.put(wish)

    def take(self) -> list[Wish]:
        """Return the wishes since the last call, the oldest first."""
        taken: list[Wish] = []
        while True:
            try:
                taken.append(self._queue.get_nowait())
            except Empty:
                return taken
