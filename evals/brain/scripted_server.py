"""A real HTTP server that speaks as a model's server does and answers from a script."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

MODEL: Final = "scripted"
DRIP_S: Final = 0.02
"""Time between two pieces of an answer that never ends, s."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How the server answers one question.

    Attributes:
        body: of the answer.
        status: of HTTP.
        length: that the header claims; the body's own where None.
        wait_s: before anything is sent, s.
        endless: the body is sent again and again until the other side leaves.
        reset: the connection is reset in place of an answer.
        headers: further ones.
    """

    body: bytes = b""
    status: int = 200
    length: int | None = None
    wait_s: float = 0.0
    endless: bool = False
    reset: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def completion(content: object) -> Reply:
    """Return a model's answer: a text, or an object that becomes JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text}
    document = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return Reply(json.dumps(document).encode())


Script = Callable[[str, dict[str, Any]], Reply]
"""From the purpose of a question (name of its schema, empty without) and its body to the reply."""


class ScriptedServer:
    """Serves on a free port of the loopback interface while its ``with`` block lasts.

    Args:
        script: answers; asked from the server's threads.
        models: that it lists.

    Attributes:
        asked: bodies of all questions, in order, their pictures included.
    """

    def __init__(self, script: Script, models: tuple[str, ...] = (MODEL,)) -> None:
        self.asked: list[dict[str, Any]] = []
        self._leaving = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listed = {"data": [{"id": name} for name in models]}
                outer.send(self, Reply(json.dumps(listed).encode()))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(body)
                form = body.get("response_format", {}).get("json_schema", {})
                outer.send(self, script(form.get("name", ""), body))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def address(self) -> str:
        """To give as ``--brain``."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave; answers on their way are broken off."""
        self._leaving.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def send(self, to: BaseHTTPRequestHandler, reply: Reply) -> None:
        """Send a reply, or what it is in place of one."""
        self._leaving.wait(reply.wait_s)
        try:
            if reply.reset:
                linger = struct.pack("ii", 1, 0)
                to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                to.connection.close()
                return
            to.send_response(reply.status)
            for name, value in reply.headers.items():
                to.send_header(name, value)
            if not reply.endless:
                size = len(reply.body) if reply.length is None else reply.length
                to.send_header("Content-Length", str(size))
            to.end_headers()
            to.wfile.write(reply.body)
            while reply.endless and not self._leaving.wait(DRIP_S):
                to.wfile.write(reply.body)
        except OSError:
            return  # who asked has left
