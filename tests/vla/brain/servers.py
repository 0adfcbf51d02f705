"""Servers whose answers are given, and questions for them."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from canter.evals.brain.scripted_server import Reply, ScriptedServer
from canter.vla.brain.address import read_address
from canter.vla.brain.chat import ChatClient, Question
from canter.vla.brain.exchange_log import ExchangeLog

PICTURE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
QUESTION = Question("plan", "you are", "what now?", (PICTURE,), {"type": "object"})


@contextmanager
def asking(
    *replies: Reply, timeout_s: float = 5.0, log: ExchangeLog | None = None
) -> Iterator[tuple[ScriptedServer, ChatClient]]:
    """Yield a server that answers with these in turn, the last one for ever, and its client."""
    left = list(replies)
    with ScriptedServer(lambda *_: left.pop(0) if len(left) > 1 else left[0]) as server:
        yield server, ChatClient(read_address(server.address), "scripted", timeout_s, log)
