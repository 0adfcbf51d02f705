"""A policy server of ours with the shipped model, and one written with openpi's own packing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("websockets")
pytest.importorskip("msgpack")

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from canter.control.robot import DEFAULT_ROBOT
from canter.serve.drivers import Drivers, drivers
from canter.serve.server import PolicyServer

LOOPBACK = "127.0.0.1"
Reply = Callable[[dict[str, Any]], "bytes | str | dict[str, Any] | None"]
"""Answers an observation; None closes the connection."""


@pytest.fixture(scope="session")
def shipped() -> Drivers:
    return drivers("vla", DEFAULT_ROBOT, "cpu")


@pytest.fixture
def server(shipped: Drivers) -> Iterator[PolicyServer]:
    with PolicyServer(shipped, LOOPBACK, 0) as serving:
        yield serving


@contextmanager
def stand_in(metadata: dict[str, Any], reply: Reply) -> Iterator[int]:
    """Serve openpi's protocol as its own package packs it; yields the port."""
    openpi = pytest.importorskip("openpi_client.msgpack_numpy")

    def handle(connection: ServerConnection) -> None:
        packer = openpi.Packer()
        try:
            connection.send(packer.pack(metadata))
            for data in connection:
                answer = reply(openpi.unpackb(data))
                if answer is None:
                    break
                connection.send(packer.pack(answer) if isinstance(answer, dict) else answer)
        except ConnectionClosed:
            pass

    with serve(handle, LOOPBACK, 0, compression=None, max_size=None) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield serving.socket.getsockname()[1]
        serving.shutdown()
        thread.join()
