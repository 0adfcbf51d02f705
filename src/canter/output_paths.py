"""What a command writes must be no other file that it writes or reads."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import combinations
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError

WRITTEN = frozenset(
    {"brain_log", "film", "html", "json", "log", "markdown", "out", "plot", "truth", "video"}
)
"""Options by which commands name what they write."""


def refuse_shared_paths(options: Any) -> None:  # noqa: ANN401 - any command's
    """Make sure that no file is asked to be two things; pipes and devices may be.

    Args:
        options: of any command, a dataclass.

    Raises:
        CanterError: two options name one file, and one of them is written.
    """
    for (one, path), (other, again) in combinations(_paths(options), 2):
        if one == other or not {one, other} & WRITTEN or not _same_file(path, again):
            continue
        first, second = sorted((one, other), key=lambda name: name not in WRITTEN)
        raise CanterError(
            f"{_flag(first)} and {_flag(second)} are both {path}; give them different files"
        )


def _paths(options: Any) -> Iterator[tuple[str, Path]]:  # noqa: ANN401
    """Yield every path of the options with its option's name."""
    for field in fields(options):
        value = getattr(options, field.name)
        for path in value if isinstance(value, tuple) else (value,):
            if isinstance(path, Path):
                yield field.name, path


def _same_file(path: Path, other: Path) -> bool:
    if path.resolve() != other.resolve():
        return False
    return path.is_file() or not path.exists()


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
