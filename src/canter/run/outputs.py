"""Files that a run writes, checked before it begins."""

from collections.abc import Mapping
from pathlib import Path

from canter.control.errors import CanterError
from canter.control.files import try_out


def check_outputs(outputs: Mapping[str, Path | None]) -> None:
    """Make sure that every output can be written, making its folder where there is none.

    Args:
        outputs: files to write by the name of their option; None where not asked for.

    Raises:
        CanterError: a file or folder cannot be written.
    """
    for name, path in outputs.items():
        if path is not None:
            _check_writable(name, path)


def _check_writable(name: str, path: Path) -> None:
    """Try it, making its folder."""
    if path.is_dir():
        raise CanterError(f"{name} {path} is a folder; add a file name, such as {path / 'out'}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try_out(path)
    except OSError as error:
        raise CanterError(
            f"{name} {path} cannot be written ({error.strerror}); "
            "choose a file in a folder that you may write to"
        ) from error
