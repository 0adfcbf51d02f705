"""Waits for what another thread does, however long a busy machine takes."""

import time
from collections.abc import Callable

PATIENCE_S = 20.0


def until(holds: Callable[[], object]) -> None:
    """Return once something holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)
