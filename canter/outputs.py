"""Files that a run writes: checked before it begins, and whole or absent when it ends."""

from collections.abc import Mapping
from pathlib import Path

from canter.control.errors import CanterError

PART_SUFFIX = ".part"


def part_of(path: Path) -> Path:
    """Return the name that a file has while it is being written."""
    return path.with_name(path.name + PART_SUFFIX)


def check_outputs(outputs: Mapping[str, Path | None], inputs: Mapping[str, Path | None]) -> None:
    """Make sure that every output can be written, making its folder where there is none.

    Args:
        outputs: files to write by the name of their option; None where not asked for.
        inputs: files that are read, likewise; no output may replace one.

    Raises:
        CanterError: a file or folder cannot be written, or one file is asked to be two things.
    """
    taken = {path.resolve(): name for name, path in inputs.items() if path is not None}
    for name, path in outputs.items():
        if path is None:
            continue
        other = taken.setdefault(path.resolve(), name)
        if other != name:
            raise CanterError(f"{name} and {other} are both {path}; give them different files")
        _check_writable(name, path)


def _check_writable(name: str, path: Path) -> None:
    """Try it: rights, read-only disks and quotas all show only then."""
    if path.is_dir():
        raise CanterError(f"{name} {path} is a folder; add a file name, such as {path / 'out'}")
    part = part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        part.unlink()
        if path.exists():
            path.open("ab").close()
    except OSError as error:
        raise CanterError(
            f"{name} {path} cannot be written ({error.strerror}); "
            "choose a file in a folder that you may write to"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        CanterError: it cannot be written.
    """
    part = part_of(path)
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise CanterError(
            f"{path} cannot be written ({error.strerror}); free space or choose another folder"
        ) from error
