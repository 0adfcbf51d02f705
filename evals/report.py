"""What every evaluation says about itself: the command, the commit, one JSON file."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError
from canter.control.files import try_out, write_text
from canter.control.provenance import commit


def command_line(name: str, options: Mapping[str, object]) -> str:
    """Return the command that repeats an evaluation; options without a value are left out.

    A tuple stands for as many words.

    Args:
        name: words of the command, as "eval go_to".
        options: value of each option by its name.
    """
    words = ["canter", *name.split()]
    for option, value in options.items():
        if isinstance(value, tuple):
            words += [f"--{option}", *map(str, value)] if value else []
        elif value is not None:
            words += [f"--{option}", str(value)]
    return shlex.join(words)


def document(suite: str, command: str, **figures: object) -> dict[str, Any]:
    """Return the figures of a suite with the command and the commit that made them."""
    return {"suite": suite, **figures, "command": command, "commit": commit()}


def check_writable(path: Path | None) -> None:
    """Refuse a file that could not be written, before the work that it shall hold begins.

    Raises:
        CanterError: its folder does not exist or refuses writing, or it is a folder itself.
    """
    if path is None:
        return
    folder = path.parent
    if path.is_dir():
        raise CanterError(f"'{path}' is a folder; give the path of a file in it")
    if not folder.is_dir():
        raise CanterError(f"folder '{folder}' does not exist; make it, or write elsewhere")
    try:
        try_out(path)
    except OSError as error:
        raise CanterError(
            f"'{path}' cannot be written ({error.strerror}); choose another path"
        ) from error


def write_json(path: Path | None, figures: Mapping[str, object]) -> None:
    """Write the figures, whole or not at all; nothing where no path is given.

    Raises:
        CanterError: the file cannot be written.
    """
    if path is not None:
        write_text(path, json.dumps(figures, indent=2) + "\n")
