"""The newest rows of a signal, always side by side."""

import numpy as np

from canter.control.types import Array


class Ring:
    """The newest rows, kept twice so that they always lie side by side, oldest first."""

    __slots__ = ("_capacity", "_count", "_rows")

    def __init__(self, capacity: int, width: int) -> None:
        """Begin empty; it holds capacity rows of a width."""
        self._capacity = capacity
        self._rows = np.zeros((2 * capacity, width))
        self._count = 0

    def push(self, row: Array) -> Array:
        """Take a row, (width,); return the rows held, oldest first, (at most capacity, width)."""
        at = self._count % self._capacity
        self._rows[at] = self._rows[at + self._capacity] = row
        self._count += 1
        end = at + 1 + self._capacity
        return self._rows[end - min(self._count, self._capacity) : end]
