"""One question over HTTP and its answer, bounded in bytes and in time; no proxies, no redirects."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from canter.control.errors import CanterError
from canter.vla.brain.address import ServerAddress

MOST_BYTES: Final = 1 << 20
"""Bytes of an answer's body that are read; a longer answer is refused."""
PIECE: Final = 1 << 16
CONNECT_S: Final = 5.0
"""Longest wait for a connection, s."""
_TOLD: Final = 300
"""Characters of a server's own words that are passed on."""


class BrainError(CanterError):
    """The brain did not answer, or with nothing that can be used."""


class BrainUnreachable(BrainError):  # noqa: N818 - what it is, not that it is an error
    """No whole answer came; the same question may be answered the next time."""


class BrainRefusal(BrainError):  # noqa: N818
    """The server refuses the question as it is (HTTP 4xx).

    Attributes:
        status: of HTTP.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        method: GET or POST.
        path: below the address's own, such as ``/models``.
        body: JSON as UTF-8; empty for GET.
        key: the server's, sent as bearer token; empty for none.
    """

    method: str
    path: str
    body: bytes = b""
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Of HTTP."""
        found = {"Accept": "application/json", "Connection": "close"}
        if self.body:
            found["Content-Type"] = "application/json"
        if self.key:
            found["Authorization"] = f"Bearer {self.key}"
        return found


class HttpExchange:
    """Asks one server, one question at a time; another thread may close it meanwhile.

    Args:
        address: of the server.
    """

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self.closed = False
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Break off what is being asked, and ask nothing any more."""
        self.closed = True
        self._break_off()

    def ask(self, request: Request, within_s: float) -> bytes:
        """Return the body of the answer.

        Args:
            request: the question.
            within_s: longest time for all of it, s.

        Raises:
            BrainUnreachable: no whole answer within the time, or the server has trouble (5xx).
            BrainRefusal: the server refuses the question (4xx).
            BrainError: an answer of more than MOST_BYTES, or one that sends elsewhere.
        """
        late = threading.Event()
        try:
            with self._connection(within_s, late) as connection:
                connection.request(
                    request.method, self.address.path + request.path, request.body, request.headers
                )
                answer = connection.getresponse()
                body = _body(answer)
                if late.is_set():
                    raise TimeoutError("broken off")
                return self._judged(answer.status, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, BrainError):
                raise
            why = f"no whole answer in {within_s:.1f} s" if late.is_set() else _reason(error)
            raise BrainUnreachable(f"the brain at {self.address} does not answer: {why}") from error

    @contextmanager
    def _connection(
        self, within_s: float, late: threading.Event
    ) -> Iterator[http.client.HTTPConnection]:
        """Yield a connection that is broken off when time is up."""

        def bite() -> None:
            late.set()
            self._break_off()

        watchdog = threading.Timer(within_s, bite)
        watchdog.daemon = True
        watchdog.start()
        connection = self._open(min(CONNECT_S, within_s))
        try:
            connection.connect()
            self._socket = connection.sock
            connection.sock.settimeout(2 * within_s)  # the watchdog comes first
            if self.closed or late.is_set():
                raise TimeoutError("broken off")
            yield connection
        finally:
            watchdog.cancel()
            self._socket = None
            connection.close()

    def _open(self, connect_s: float) -> http.client.HTTPConnection:
        host, port = self.address.host, self.address.port
        if self.address.scheme == "https":
            secure = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=connect_s, context=secure)
        return http.client.HTTPConnection(host, port, timeout=connect_s)

    def _break_off(self) -> None:
        """Shut the socket, so that whoever waits for it goes on at once."""
        open_socket = self._socket
        if open_socket is not None:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    def _judged(self, status: int, body: bytes) -> bytes:
        if status == http.HTTPStatus.OK:
            return body
        told = f"HTTP {status}{_own_words(body)}"
        if status < 300 or status == http.HTTPStatus.TOO_MANY_REQUESTS or status >= 500:
            raise BrainUnreachable(f"the brain at {self.address} has trouble: {told}")
        if status < 400:
            raise BrainError(
                f"the brain at {self.address} sends elsewhere (HTTP {status}), and pictures are "
                "sent nowhere else; give the address itself"
            )
        raise BrainRefusal(f"the brain at {self.address} refuses: {told}", status)


def _body(answer: http.client.HTTPResponse) -> bytes:
    """Return the body, read in pieces.

    Raises:
        BrainError: it is longer than MOST_BYTES.
    """
    pieces, total = [], 0
    while piece := answer.read(PIECE):
        pieces.append(piece)
        total += len(piece)
        if total > MOST_BYTES:
            raise BrainError(f"the brain's answer is longer than {MOST_BYTES >> 10} KiB")
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(pieces)


def _own_words(body: bytes) -> str:
    """Return the beginning of what a server says of its trouble, fit to be shown."""
    plain = " ".join(body.decode("utf-8", "replace").split())[:_TOLD]
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in plain)
    return f", {shown}" if shown else ""


def _reason(error: Exception) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "the answer broke off"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split())[:_TOLD] or type(error).__name__
