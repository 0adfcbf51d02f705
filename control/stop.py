"""Signals that ask a process to end: all end it as Ctrl-C does, with what was done kept whole."""

import errno
import os
import signal
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Of a person (Ctrl-C), of docker, Slurm and systemd, and of a terminal that closes."""
EXIT_BASE = 128
"""A process that a signal ended exits with this plus the signal's number, by convention."""


class Stopped(KeyboardInterrupt):
    """A signal asked this process to end.

    Args:
        number: of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def exit_code(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a process that was stopped so: 130, 143 or 129."""
    return EXIT_BASE + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)


class StopRequest:
    """Remembers the first of SIGNALS in a ``with`` block; more of them change nothing.

    Signals reach the main thread alone; elsewhere the block only serves `ask`. A SIGHUP that is
    ignored, as nohup arranges, stays ignored.
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

    def reason(self) -> Stopped:
        """Return what to raise where the work ends because of it."""
        return Stopped(self._signal or signal.SIGINT)

    def ask(self, number: int = signal.SIGINT) -> None:
        """Ask to stop, as the signal of this number does."""
        if self._signal is None:
            self._signal = signal.Signals(number)

    def __enter__(self) -> Self:
        """Take over the signals."""
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back to whom they were taken from."""
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)  # type: ignore[arg-type]
        self._before = {}

    def _handle(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            _let_go_of_the_terminal()
        self.ask(number)


class _StopAtOnce(StopRequest):
    """Raises at the first signal, wherever the program is."""

    def _handle(self, number: int, frame: FrameType | None) -> None:
        first = not self.asked
        super()._handle(number, frame)
        if first:
            raise Stopped(number)


@contextmanager
def stop_signals() -> Iterator[None]:
    """Raise `Stopped` at the first of SIGNALS; more of them do not disturb the tidying up."""
    with _StopAtOnce():
        yield


def _let_go_of_the_terminal() -> None:
    """Write to nowhere what would go to a terminal that was closed; it would raise."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(ValueError, OSError, AttributeError):  # no stream, or a closed one
            number = stream.fileno()  # type: ignore[union-attr]
            try:
                termios.tcgetattr(number)
            except termios.error as error:
                if error.args[0] == errno.EIO:
                    nowhere = os.open(os.devnull, os.O_WRONLY)
                    os.dup2(nowhere, number)
                    os.close(nowhere)
