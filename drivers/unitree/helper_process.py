"""A process beside this one, which says when it is ready and ends when this one does."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from canter.control.errors import CanterError

READY: Final = b"ready\n"
WELL: Final = b"well\n"
END_S = 10.0
"""How long it may take to end, s."""


class HelperProcess:
    """The starting process's end.

    A signal from the terminal does not reach the helper; the end of its standard input does.

    Args:
        module: to run.
        arguments: its command line.

    Raises:
        CanterError: it ended before it was ready.
    """

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != READY:
            self._process.kill()
            self._process.wait()
            raise CanterError(f"the helper process {module} does not start; see its message above")

    @property
    def alive(self) -> bool:
        """Whether it runs; a system call of a few microseconds."""
        return self._process.poll() is None

    def dismiss(self) -> None:
        """Tell it that all is well, and wait for its end; one that hangs is killed."""
        try:
            self._process.communicate(WELL, timeout=END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def report_ready() -> None:
    """Tell the starting process, from within the helper, that all is ready."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()


def wait_for_end() -> bool:
    """Wait, within the helper, for the starting process's end; tell whether all was well."""
    return sys.stdin.buffer.readline() == WELL
