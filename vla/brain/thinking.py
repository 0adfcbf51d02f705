"""Thoughts in a thread of their own, so that whoever moves the robot never waits for one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeVar

from canter.vla.brain.chat import ChatClient

T = TypeVar("T")


class Thinker:
    """Thinks one thought after another; leaving its ``with`` block breaks off what is thought.

    Args:
        client: what thoughts wait for.
    """

    def __init__(self, client: ChatClient) -> None:
        self._client = client
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="brain")

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread."""
        self._client.close()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def begin(self, thought: Callable[[], T]) -> Future[T]:
        """Begin a thought and return at once."""
        return self._thread.submit(thought)
