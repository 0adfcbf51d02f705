"""Answers of a policy server that nobody waits for: the robots go on meanwhile."""

import threading
import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import CHUNK_VALID_S, GaitChunk
from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS
from canter.vla.remote.address import ServerAddress
from canter.vla.remote.answers import Answer, read_answer
from canter.vla.remote.errors import MessageError
from canter.vla.remote.lanes import Connect, Exchanging, Once
from canter.vla.remote.names import RESET, Message

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 2.0
"""Between two tries to connect again, s; each is twice as long as the one before."""


@dataclass(frozen=True, slots=True)
class _Request:
    """An observation on its way; ``episode`` counts them."""

    message: Message
    time: float
    episode: int


@dataclass(frozen=True, slots=True)
class _Answered:
    answer: Answer
    time: float


class RealTimeLane:
    """The robots go on while they wait: a thread sends the newest observation, one at a time.

    An answer that is L seconds old is entered at the command that belongs to now. Where no more
    come the robots go on with the rest of the chunk, and stand CHUNK_VALID_S after its picture.
    A connection that is lost is opened again, as often as need be.

    Args:
        connect: opens a connection.
        address: of the server.
        robots: how many it is asked for.
        once: tells a person.
    """

    def __init__(self, connect: Connect, address: ServerAddress, robots: int, once: Once) -> None:
        self._connect, self._address, self._robots, self._once = connect, address, robots, once
        self._changed = threading.Condition()
        self._closing = False
        self._episode = 0
        self._request: _Request | None = None
        self._answered: _Answered | None = None
        self._thread = threading.Thread(target=self._run, name="policy server", daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Begin a new episode: what was answered before counts no more."""
        with self._changed:
            self._episode += 1
            self._request = self._answered = None

    def answer(self, message: Message, now: float) -> Answer | None:
        """Send an observation of now, and return what the newest answer says from now on."""
        with self._changed:
            self._request = _Request(message, now, self._episode)
            self._changed.notify_all()
            answered = self._answered
        if answered is None or not 0.0 <= now - answered.time <= CHUNK_VALID_S:
            return None
        return replace(answered.answer, chunk=entered(answered.answer.chunk, now - answered.time))

    def close(self) -> None:
        """End the connection; the thread ends with it."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._closing:
            try:
                connection = self._connect(self._address)
                pause = FIRST_PAUSE_S
                try:
                    self._serve(connection)
                finally:
                    connection.close()
            except CanterError as error:
                self._once(f"{error}; the robot stands until it answers again")
            with self._changed:
                self._changed.wait_for(lambda: self._closing, timeout=pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _serve(self, connection: Exchanging) -> None:
        """Have observations answered until the connection is lost or is not needed any more.

        Raises:
            ConnectionLostError: the connection is lost.
        """
        told: int | None = None
        while (request := self._take()) is not None:
            message = request.message | {RESET: request.episode != told}
            told = request.episode
            try:
                received = connection.exchange(message, time.monotonic() + self._address.answer_s)
                answer = read_answer(received, connection.facts, self._robots)
            except MessageError as error:
                self._once(f"the policy server's answer is of no use: {error}")
                continue
            self._once.about_bounds(answer)
            self._put(request, answer)

    def _take(self) -> _Request | None:
        """Wait for an observation and return it; None once the lane is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._request is not None)
            request, self._request = self._request, None
            return None if self._closing else request

    def _put(self, request: _Request, answer: Answer) -> None:
        with self._changed:
            if request.episode == self._episode:
                self._answered = _Answered(answer, request.time)


def entered(chunk: NDArray[np.float32], age: float) -> NDArray[np.float32]:
    """Return chunks from now on, (N, CHUNK_STEPS, 12), of chunks whose picture is ``age`` s old.

    The robots stand from CHUNK_VALID_S after the picture on.
    """
    ages = age + CHUNK_SPACING_S * np.arange(CHUNK_STEPS)
    found = [[GaitChunk(0.0, one).at(when).to_array() for when in ages.tolist()] for one in chunk]
    return np.array(found, np.float32)
