"""Files that are whole or as they were before: written beside their name, then moved to it.

A path that is no plain file stays what it is: a link keeps pointing where it points and what it
names gets the content, whole or not at all; pipes, devices and descriptors (/dev/stdout) are
written through once the content is complete. Of two processes that write one file at a time, the
second is refused.
"""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from canter.control.errors import CanterError
from canter.control.file_lock import is_at, open_locked

PART_SUFFIX = ".part"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Error numbers by which a disk says that it has no room."""
_MOST_LINKS = 40

Refusal = Callable[[Path, Exception], CanterError]
"""Makes the error of a file that could not be written."""


class OutputFile:
    """A file on its way to its name: write to `part`, then `commit` or `discard`.

    Args:
        path: where the content shall be.

    Attributes:
        path: as given.
        part: where to write the content.

    Raises:
        CanterError: another process is writing that file.
        OSError: the path cannot be looked at, or there is no folder for passing files.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: int | None = None
        self._replaced = plain_target(path)
        if self._replaced is not None:
            self.part = part_of(self._replaced)
            self._held = _claim(self.part, path)
        else:
            handle, name = tempfile.mkstemp(PART_SUFFIX, "canter-")
            os.close(handle)
            self.part = Path(name)

    def commit(self) -> None:
        """Give the content its name, or write it through; raises OSError, and is gone then too."""
        try:
            if self._replaced is None:
                _pour(self.part, self.path)
            else:
                _replace(self.part, self._replaced)
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove what was written, unless it has its name; after it, another may write there."""
        ours = self._replaced is None or (self._held is not None and is_at(self._held, self.part))
        if ours:
            with suppress(OSError):  # on a disk that fails, nothing is left to mend
                self.part.unlink(missing_ok=True)
        if self._held is not None:
            os.close(self._held)
            self._held = None


def part_of(path: Path) -> Path:
    """Return the name that a plain file has while it is being written."""
    return path.with_name(path.name + PART_SUFFIX)


def plain_target(path: Path) -> Path | None:
    """Return the file that a path names, links followed; None where it must be written through."""
    if _descriptor(path) is not None:
        return None
    target = Path(os.path.realpath(path))
    try:
        kind = target.stat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(kind) or (stat.S_ISREG(kind) and os.access(target.parent, os.W_OK)):
        return target
    return None


@contextmanager
def whole_file(
    path: Path, refused: Refusal | None = None, errors: tuple[type[Exception], ...] = ()
) -> Iterator[Path]:
    """Yield where to write the content of a file, which has its name after the ``with`` block.

    Args:
        path: the file.
        refused: makes the error to raise, `not_written` by default.
        errors: what else the writer raises where the disk refuses.

    Raises:
        CanterError: it cannot be written; what was there before is there still.
    """
    output = None
    kinds: tuple[type[Exception], ...] = (OSError, *errors)
    try:
        output = OutputFile(path)
        yield output.part
        output.commit()
    except kinds as error:
        raise (refused or _refused)(path, error) from error
    finally:
        if output is not None:
            output.discard()


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, whole or not at all.

    Raises:
        CanterError: it cannot be written.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes, refused: Refusal | None = None) -> None:
    """Write a file, whole or not at all.

    Args:
        path: the file.
        content: of it.
        refused: as in `whole_file`.

    Raises:
        CanterError: it cannot be written.
    """
    with whole_file(path, refused) as part:
        part.write_bytes(content)


def try_out(path: Path) -> None:
    """Raise OSError where a file could not be written: rights and read-only disks show only so.

    A pipe is not opened: its reader would take that for the end.

    Raises:
        CanterError: another process is writing it.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    target = plain_target(path)
    if target is None:
        if _descriptor(path) is None and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return
    part = part_of(target)
    held = _claim(part, path)
    part.unlink()
    os.close(held)
    if target.exists():
        target.open("ab").close()


def not_written(what: str, error: Exception) -> CanterError:
    """Return what to tell of a file, named by ``what``, that broke off while it was written."""
    reason = getattr(error, "strerror", None) or str(error)
    return CanterError(f"{what} cannot be written ({reason}); free space or choose another folder")


def _refused(path: Path, error: Exception) -> CanterError:
    return not_written(str(path), error)


def _claim(part: Path, path: Path) -> int:
    """Return the descriptor of a passing file that this process alone writes."""
    refusal = CanterError(
        f"'{path}' is being written by another process; wait for its end, or name another file"
    )
    return open_locked(part, lambda _: refusal, lambda _: True)


def _replace(part: Path, target: Path) -> None:
    """Put a file in another's place with its rights; into it where it may not be moved."""
    with suppress(FileNotFoundError, PermissionError):
        before = target.stat()
        part.chmod(stat.S_IMODE(before.st_mode))
        os.chown(part, before.st_uid, before.st_gid)
    try:
        part.replace(target)
    except OSError as error:
        if error.errno != errno.EBUSY:  # a file that is mounted by itself, as containers do
            raise
        _pour(part, target)


def _pour(source: Path, path: Path) -> None:
    """Copy a file into what a path names: a pipe, a device, an open descriptor."""
    descriptor = _descriptor(path)
    into = path.open("wb") if descriptor is None else os.fdopen(os.dup(descriptor), "wb")
    with source.open("rb") as content, into:
        shutil.copyfileobj(content, into)


def _descriptor(path: Path) -> int | None:
    """Return the descriptor of this process that a path stands for, as /dev/stdout does."""
    own = {"/dev/fd", f"/proc/{os.getpid()}/fd"}
    for _ in range(_MOST_LINKS):
        if path.name.isdigit() and os.path.realpath(path.parent) in own:
            return int(path.name)
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
    return None
