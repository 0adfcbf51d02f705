"""Shared memory that killed Fast DDS processes left behind, recognised by its free locks."""

import fcntl
import os
import re
from pathlib import Path

FOLDER = Path("/dev/shm")
SEGMENT = re.compile(r"fastrtps_(?:[0-9a-f]{16}|port\d{1,5})_el")
"""The lock beside a segment or a port; whoever lives holds it."""


def sweep(folder: Path = FOLDER) -> list[str]:
    """Remove what no living process holds and return the names.

    Args:
        folder: of the segments.
    """
    removed = []
    locks = [path for path in folder.iterdir() if SEGMENT.fullmatch(path.name)]
    for lock in locks:
        name = lock.name.removesuffix("_el")
        if _is_free(lock):
            for leftover in (name, f"sem.{name}_mutex", f"{name}_sl", lock.name):
                path = folder / leftover
                if path.exists():
                    path.unlink(missing_ok=True)
                    removed.append(leftover)
    return removed


def _is_free(lock: Path) -> bool:
    """Tell whether nobody holds the lock."""
    try:
        handle = os.open(lock, os.O_RDWR)
    except OSError:
        return False  # gone already, or another user's
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
