"""What a fit has reached, kept in a file, so that a fit that was killed goes on from there."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.plain_json import parse_json

Float = NDArray[np.float64]


class FitCache:
    """Vectors by name; each is computed once, then read from the file.

    Args:
        path: the file; what it holds under another key is dropped.
        key: what the vectors depend on.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key
        self._values: dict[str, list[float]] = {}
        if path.exists():
            self._values = self._held()

    def _held(self) -> dict[str, list[float]]:
        """Return what the file holds under the key; raises CanterError if it is damaged."""
        try:
            held = parse_json(self._path.read_bytes())
            return dict(held["values"]) if held["key"] == self._key else {}
        except (ValueError, KeyError, TypeError) as error:
            raise CanterError(
                f"'{self._path}' is damaged ({error}); delete it, and it is computed again"
            ) from error

    def once(self, name: str, compute: Callable[[], Float]) -> Float:
        """Return the named vector, (n,), computing it if it is not there; bit for bit the same."""
        if name not in self._values:
            self._values[name] = [float(value) for value in compute()]
            write_text(self._path, json.dumps({"key": self._key, "values": self._values}) + "\n")
        return np.array(self._values[name])
