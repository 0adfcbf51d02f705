"""A connection to a policy server that speaks openpi's websocket protocol; needs the extra serve.

The server sends its metadata at once; then each observation is answered by one message. A text in
place of bytes is the server's error.
"""

import time
from typing import Final

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from canter.vla.remote.address import ServerAddress
from canter.vla.remote.errors import ConnectionLostError
from canter.vla.remote.names import Message
from canter.vla.remote.packing import pack, unpack
from canter.vla.remote.server_facts import ServerFacts, read_facts

MOST_BYTES: Final = 2**24
"""Of an answer; more ends the connection."""
OPEN_S: Final = 5.0
CLOSE_S: Final = 0.5
LONGEST_SHOWN: Final = 300
"""Characters of a server's error that are shown."""


class Connection:
    """An open connection; close it in the end.

    Attributes:
        facts: what the server says of its policy.

    Raises:
        ConnectionLostError: nobody answers there, or not as a policy server does.
        ContractError: the policy does not fit.
    """

    def __init__(self, address: ServerAddress) -> None:
        self._address = address
        self._socket = self._connect()
        try:
            self.facts: ServerFacts = read_facts(
                unpack(self._receive(time.monotonic() + OPEN_S)), address.url
            )
        except Exception:
            self.close()
            raise

    def exchange(self, message: Message, deadline: float) -> Message:
        """Return the answer to an observation.

        Args:
            message: what is sent.
            deadline: on the monotonic clock; a later answer is lost, s.

        Raises:
            ConnectionLostError: the server closed the connection, said an error, or was too slow;
                the connection is of no use any more.
            MessageError: what came is no message; the next one may be.
        """
        data = pack(message)
        try:
            self._socket.send(data)
        except (WebSocketException, OSError) as error:
            raise self._lost(f"closed the connection ({_told(error)})") from error
        return unpack(self._receive(deadline))

    def close(self) -> None:
        """Say good-bye."""
        self._socket.close()

    def _connect(self) -> ClientConnection:
        try:
            return connect(
                self._address.url,
                compression=None,
                max_size=MOST_BYTES,
                open_timeout=OPEN_S,
                close_timeout=CLOSE_S,
                proxy=None,
            )
        except (WebSocketException, OSError) as error:
            raise ConnectionLostError(
                f"no policy server answers at {self._address.url} ({_told(error)}); start one with "
                "'canter serve policy', or correct --policy"
            ) from error

    def _receive(self, deadline: float) -> bytes:
        try:
            data: bytes | str = self._socket.recv(timeout=max(deadline - time.monotonic(), 0.0))
        except TimeoutError as error:
            raise self._lost("did not answer in time") from error
        except (WebSocketException, OSError) as error:
            raise self._lost(f"closed the connection ({_told(error)})") from error
        if isinstance(data, str):
            raise self._lost(f"said: {_last_line(data)}")
        return data

    def _lost(self, what: str) -> ConnectionLostError:
        return ConnectionLostError(f"the policy server at {self._address.url} {what}")


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:LONGEST_SHOWN] or type(error).__name__


def _last_line(text: str) -> str:
    """Return the last line of an error, where a traceback says what happened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:LONGEST_SHOWN] if lines else "an error without words"
