"""``--json -``: the figures on standard output, and all other words on standard error."""

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
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield replace(options, json=Path(f"/dev/fd/{kept}"))  # type: ignore[type-var]
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
