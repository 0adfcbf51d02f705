"""The way of observations to a policy server and back; here time stands still meanwhile."""

import time
from collections.abc import Callable
from typing import Protocol

from canter.vla.remote.address import ServerAddress
from canter.vla.remote.answers import Answer, read_answer
from canter.vla.remote.names import RESET, Message
from canter.vla.remote.server_facts import ServerFacts

Tell = Callable[[str], None]
"""Says something to a person."""


class Exchanging(Protocol):
    """An open connection; `canter.vla.remote.connection.Connection` is one."""

    facts: ServerFacts

    def exchange(self, message: Message, deadline: float) -> Message:
        """Return the answer to an observation, see `Connection.exchange`."""

    def close(self) -> None:
        """Say good-bye."""


Connect = Callable[[ServerAddress], Exchanging]


class Lane(Protocol):
    """The way of some robots' observations to a server and back."""

    def begin(self) -> None:
        """Begin a new episode: what was answered before counts no more."""

    def answer(self, message: Message, now: float) -> Answer | None:
        """Send an observation of now; return what follows from now on, None for nothing yet.

        Args:
            message: what the robots perceive.
            now: on the clock of the pictures, s.
        """

    def close(self) -> None:
        """End the connection."""


class Once:
    """Says each thing once.

    Args:
        tell: shown to a person.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell, self._said = tell, set[str]()

    def __call__(self, text: str) -> None:
        """Say it, if it was not said before."""
        if text and text not in self._said:
            self._said.add(text)
            self._tell(text)

    def about_bounds(self, answer: Answer) -> None:
        """Say that commands were clipped, whichever they are."""
        if answer.clipped and "clipped" not in self._said:
            self._said.add("clipped")
            self._tell(f"the policy server's commands are clipped: {answer.clipped}")


class WaitingLane:
    """Time stands still until the answer is there; without one there is no going on.

    Args:
        connect: opens a connection.
        address: of the server.
        robots: how many it is asked for.
        once: tells a person.
    """

    def __init__(self, connect: Connect, address: ServerAddress, robots: int, once: Once) -> None:
        self._connection, self._address = connect(address), address
        self._robots, self._once, self._first = robots, once, True

    def begin(self) -> None:
        """Begin a new episode."""
        self._first = True

    def answer(self, message: Message, now: float) -> Answer:
        """Return the answer to this observation.

        Raises:
            ServerError: there is none, or it is not what the protocol says.
        """
        del now
        deadline = time.monotonic() + self._address.answer_s
        sent = message | {RESET: self._first}
        self._first = False
        received = self._connection.exchange(sent, deadline)
        found = read_answer(received, self._connection.facts, self._robots)
        self._once.about_bounds(found)
        return found

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
