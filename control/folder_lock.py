"""One process at a time writes a folder or a journal; who else comes is told who is at it.

The system's lock on a file (flock) decides: it goes with the process that holds it, also after
kill -9, so that nothing is to be cleared away and no recycled process number holds anything. On
file systems without such locks the owner named in the file decides, by number and start.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from canter.control.errors import CanterError
from canter.control.file_lock import open_locked
from canter.control.files import not_written

LOCK = ".canter.lock"
"""Name of the file in a locked folder; it goes when the lock goes."""
_START_FIELD = 19
"""Of /proc/PID/stat behind the command's name: start since boot, clock ticks."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a lock.

    Attributes:
        pid: number of the process.
        host: name of its machine.
        command: what it does, as it was asked to.
        start: when the process started, as the system counts; tells a recycled number.
        since: when it took the lock, local time.
    """

    pid: int
    host: str
    command: str
    start: str
    since: str

    @property
    def alive(self) -> bool:
        """Whether it may still be at work; on another machine nobody here can tell."""
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return _start_of(self.pid) == self.start

    def __str__(self) -> str:
        """Return it in words."""
        return f"process {self.pid} on {self.host} ('{self.command}', since {self.since})"


@contextmanager
def locked_folder(folder: Path, command: str) -> Iterator[None]:
    """Hold a folder for this process in a ``with`` block; it is made where it is not there.

    Args:
        folder: that is written.
        command: what this process does, to tell others.

    Raises:
        CanterError: another process holds it, or it cannot be written.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(f"folder '{folder}'", error) from error
    try:
        with _locked(folder / LOCK, folder, command):
            yield
    finally:
        with suppress(OSError):  # the first that holds something stays, and those above it
            for path in made:
                path.rmdir()


@contextmanager
def locked_journal(journal: Path, command: str) -> Iterator[None]:
    """Hold a file that grows by lines, as `locked_folder` holds a folder.

    Raises:
        CanterError: as there; or it is no plain file, from which a run cannot go on.
    """
    if journal.exists() and not journal.is_file():
        raise CanterError(
            f"'{journal}' is no plain file; a run goes on from what it holds, so name a file"
        )
    with _locked(journal.with_name(f".{journal.name}{LOCK}"), journal, command):
        yield


@contextmanager
def _locked(path: Path, subject: Path, command: str) -> Iterator[None]:
    """Hold a lock file; ``subject`` is what it stands for."""
    try:
        file = _acquire(path, subject, command)
    except OSError as error:
        raise not_written(f"'{subject}'", error) from error
    try:
        yield
    finally:
        with suppress(OSError):  # the folder is gone
            path.unlink()
        os.close(file)


def _acquire(path: Path, subject: Path, command: str) -> int:
    """Return the descriptor of a lock file that this process holds."""
    file = open_locked(path, lambda held: _refused(subject, _owner(held)), _owner_is_dead)
    _sign(file, command)
    return file


def _owner_is_dead(file: int) -> bool:
    owner = _owner(file)
    return owner is None or not owner.alive


def _sign(file: int, command: str) -> None:
    """Write down who holds the lock."""
    pid, since = os.getpid(), datetime.now().astimezone().isoformat(" ", "seconds")
    owner = Owner(pid, socket.gethostname(), command, _start_of(pid), since)
    os.ftruncate(file, 0)
    os.pwrite(file, json.dumps(asdict(owner)).encode(), 0)


def _owner(file: int) -> Owner | None:
    """Return who holds a lock, None where it does not say so (yet)."""
    try:
        return Owner(**json.loads(os.pread(file, 1 << 16, 0)))
    except (ValueError, TypeError):
        return None


def _refused(subject: Path, owner: Owner | None) -> CanterError:
    return CanterError(
        f"'{subject}' is being written by {owner or 'another process'}; "
        "wait for its end, or name another place"
    )


def _start_of(pid: int) -> str:
    """Return when a process started, as the system counts it; empty where it does not tell."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[_START_FIELD]
