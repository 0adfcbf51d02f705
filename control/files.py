"""Files that are whole or absent: written beside their name, then moved to it."""

from pathlib import Path

from canter.control.errors import CanterError

PART_SUFFIX = ".part"


def part_of(path: Path) -> Path:
    """Return the name that a file has while it is being written."""
    return path.with_name(path.name + PART_SUFFIX)


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, whole or not at all.

    Raises:
        CanterError: it cannot be written.
    """
    part = part_of(path)
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise not_written(str(path), error) from error


def not_written(what: str, error: Exception) -> CanterError:
    """Return what to tell of a file, named by ``what``, that broke off while it was written."""
    reason = getattr(error, "strerror", None) or str(error)
    return CanterError(f"{what} cannot be written ({reason}); free space or choose another folder")
