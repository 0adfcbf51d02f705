"""Makes optuna's journal safe against a kill at any moment."""

import fcntl
from pathlib import Path
from typing import IO

from optuna.storages.journal._file import BaseJournalFileLock


class ProcessLock(BaseJournalFileLock):
    """A lock that the system takes from a process that dies; optuna's own lock files stay behind.

    Args:
        journal: the file that it guards.
    """

    def __init__(self, journal: Path) -> None:
        self._path = journal.with_name(journal.name + ".lock")
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Wait until the lock is this process's; returns True."""
        self._file = self._path.open("a", encoding="utf-8")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return True

    def release(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None


def drop_broken_tail(journal: Path) -> None:
    """Cut off what follows the last whole line: a kill may have broken a line off."""
    if not journal.exists():
        return
    content = journal.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with journal.open("r+b") as file:
            file.truncate(whole)
