"""The server's side of openpi's websocket protocol; needs the extra serve."""

import http
import logging
import threading
import time
from collections.abc import Callable
from typing import Final, Self

from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from canter.control.errors import CanterError
from canter.serve.drivers import Driver, Drivers
from canter.vla.remote.answers import answer_message
from canter.vla.remote.names import Message
from canter.vla.remote.observations import Asked, read_observation
from canter.vla.remote.packing import pack, unpack

MOST_BYTES: Final = 2**26
"""Of an observation; more ends the connection."""
TIMING: Final = "server_timing"
HEALTH: Final = "/healthz"
CLOSE_S: Final = 1.0
_LOG = logging.getLogger("canter.serve")


class PolicyServer:
    """Answers every connection with a driver of its own; use it in a ``with`` block.

    A thread reads each connection; answers are computed one at a time. Web pages of a browser are
    refused, for they could drive the robot of whoever looks at them.

    Args:
        drivers: answer.
        host: to serve on.
        port: 0 takes a free one.
        tell: shown who comes and goes.

    Attributes:
        port: that is served.
    """

    def __init__(
        self,
        drivers: Drivers,
        host: str,
        port: int,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._drivers, self._tell = drivers, tell
        self._computing = threading.Lock()
        self._changing = threading.Lock()
        self._connections: set[ServerConnection] = set()
        self._server: Server = serve(
            self._handle,
            host,
            port,
            compression=None,
            max_size=MOST_BYTES,
            origins=[None],
            process_request=_health,
            close_timeout=CLOSE_S,
            logger=_LOG,
        )
        self.port: int = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Serve nobody any more; clients are told so."""
        self._server.shutdown()
        self._thread.join()
        with self._changing:
            left = tuple(self._connections)
        for connection in left:
            connection.close(CloseCode.GOING_AWAY)

    def _handle(self, connection: ServerConnection) -> None:
        """Answer one client until it goes."""
        name = "{}:{}".format(*connection.remote_address[:2])
        client = _Client(self._drivers, self._computing)
        with self._changing:
            self._connections.add(connection)
        try:
            connection.send(pack(self._drivers.facts.as_message()))
            for data in connection:
                before = client.answered
                connection.send(client.answer(data))
                if (before, client.answered) == (0, 1):
                    self._tell(f"{name} is answered")
        except ConnectionClosed as closed:
            _LOG.debug("%s: %s", name, closed)
        finally:
            with self._changing:
                self._connections.discard(connection)
            client.close()
            if client.answered:
                self._tell(f"{name} is gone after {client.answered} answers")


class _Client:
    """What a server knows of one client: its driver, how many robots it drives, their words."""

    def __init__(self, drivers: Drivers, computing: threading.Lock) -> None:
        self.answered = 0
        self._drivers, self._computing = drivers, computing
        self._driver: Driver | None = None
        self._prompts: tuple[str, ...] = ()
        self._last_s: float | None = None

    def answer(self, data: bytes | str) -> bytes | str:
        """Return the answer to an observation; a sentence where it is none."""
        begin = time.monotonic()
        try:
            if isinstance(data, str):
                raise CanterError("an observation is a msgpack map, and this is text")
            answer = self._inferred(unpack(data))
        except CanterError as error:
            return str(error)
        if self._last_s is not None:
            answer[TIMING]["prev_total_ms"] = 1e3 * self._last_s
        self.answered += 1
        self._last_s = time.monotonic() - begin
        return pack(answer)

    def close(self) -> None:
        """Let others have the driver."""
        if self._driver is not None:
            self._drivers.give_back(self._driver)
            self._driver = None

    def _inferred(self, message: Message) -> Message:
        asked = read_observation(message)
        if self._driver is None:
            self._driver = self._drivers.take()
        begin = time.monotonic()
        with self._computing:
            answer = self._driven(self._driver, asked, message)
        return answer | {TIMING: {"infer_ms": 1e3 * (time.monotonic() - begin)}}

    def _driven(self, driver: Driver, asked: Asked, message: Message) -> Message:
        """Return the driver's answer; words that changed begin a new episode, as ``reset`` does."""
        if asked.reset or asked.prompts != self._prompts:
            self._prompts = ()
            driver.begin(asked, message)
            self._prompts = asked.prompts
        chunk = driver.act(asked.observation, message)
        return answer_message(chunk, driver.output, driver.refused, batched=asked.batched)


def _health(connection: ServerConnection, request: Request) -> Response | None:
    """Answer openpi's question whether the server lives; let all else pass."""
    if request.path == HEALTH:
        return connection.respond(http.HTTPStatus.OK, "OK\n")
    return None
