"""Standard output for figures or a protocol alone, and all other words on standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

STANDARD_OUTPUT = Path("-")


@contextmanager
def json_to_standard_output(options: Any) -> Iterator[Any]:  # noqa: ANN401 - any command's
    """Yield a command's options in which ``--json -`` names this process's standard output.

    Meanwhile whatever is printed, by child processes too, goes to standard error.

    Args:
        options: of any command, a dataclass.
    """
    if not is_dataclass(options) or getattr(options, "json", None) != STANDARD_OUTPUT:
        yield options
        return
    with kept_standard_output() as kept:
        yield replace(options, json=Path(f"/dev/fd/{kept}"))  # type: ignore[type-var]


@contextmanager
def kept_standard_output() -> Iterator[int]:
    """Yield a descriptor of this process's standard output, which nothing else then reaches.

    Meanwhile whatever is printed, by child processes too, goes to standard error.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield kept
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
