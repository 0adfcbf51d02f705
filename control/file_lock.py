"""The lock of the system on a file (flock): it goes with its process, also after kill -9."""

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

_HELD = frozenset({errno.EWOULDBLOCK, errno.EACCES})
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL})


def lock(file: int, without_locks: Callable[[int], bool]) -> bool:
    """Lock an open file; tell whether it was free.

    Args:
        file: its descriptor.
        without_locks: tells whether it is free where the file system has no locks.

    Raises:
        OSError: of another kind.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        if error.errno not in _NO_LOCKS:
            raise
        return without_locks(file)
    return True


def open_locked(
    path: Path, refused: Callable[[int], Exception], without_locks: Callable[[int], bool]
) -> int:
    """Return the descriptor of a file, made where there is none, that this process holds.

    Args:
        path: the file.
        refused: makes the error to raise where another process holds it, from its descriptor.
        without_locks: as in `lock`.

    Raises:
        OSError: it cannot be opened.
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not lock(file, without_locks):
                raise refused(file)
            if is_at(file, path):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)  # its holder moved or removed it in between


def is_at(file: int, path: Path) -> bool:
    """Tell whether an open file is the one that a path names."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
