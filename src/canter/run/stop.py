"""Ctrl-C as a request, so that nothing is torn apart half-way."""

import signal
import threading
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)
EXIT_BASE = 128
"""A process that a signal ended exits with this plus the signal's number, by convention."""


class StopRequest:
    """Remembers the first SIGINT or SIGTERM of a ``with`` block; more of them change nothing.

    Signals reach the main thread alone; elsewhere the block only serves `ask`.
    """

    def __init__(self) -> None:
        self._signal: signal.Signals | None = None
        self._before: dict[signal.Signals, object] = {}

    @property
    def asked(self) -> bool:
        """Whether somebody asked to stop."""
        return self._signal is not None

    @property
    def exit_code(self) -> int:
        """Exit code of a process that was stopped so; 130 for Ctrl-C."""
        return EXIT_BASE + int(self._signal or signal.SIGINT)

    def ask(self, number: int = signal.SIGINT) -> None:
        """Ask to stop, as the signal of this number does."""
        if self._signal is None:
            self._signal = signal.Signals(number)

    def __enter__(self) -> Self:
        """Take over the signals."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back to whom they were taken from."""
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)  # type: ignore[arg-type]
        self._before = {}

    def _handle(self, number: int, _: FrameType | None) -> None:
        self.ask(number)
