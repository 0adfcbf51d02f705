"""The last frames of each observation term, for policies that look back."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.observation import ObservationTerm
from canter.control.types import Array


class ObservationHistory:
    """Remembers the raw values of the terms whose ``history`` is above one, for N robots.

    A robot without a past sees its first frame repeated.

    Args:
        terms: the terms of the observation.
        robots: N.
    """

    def __init__(self, terms: tuple[ObservationTerm, ...], robots: int) -> None:
        self._past: dict[str, NDArray[np.float32]] = {
            term.name: np.zeros((robots, term.history - 1, term.width), np.float32)
            for term in terms
            if term.history > 1
        }
        self._new = np.ones(robots, bool)

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget the past of the masked robots, (N,)."""
        self._new[mask] = True

    def stacked(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Return the values with their past before them, oldest first, (N, width * history).

        Args:
            values: the current frame of each term, (N, width); it is not remembered.
        """
        stacked = dict(values)
        for name, past in self._past.items():
            now = np.asarray(values[name], np.float32)[:, None]
            frames = np.concatenate([np.where(self._new[:, None, None], now, past), now], axis=1)
            stacked[name] = frames.reshape(len(frames), -1)
        return stacked

    def push(self, values: Mapping[str, Array]) -> None:
        """Remember a frame, each term (N, width), and forget the oldest."""
        for name, past in self._past.items():
            now = np.asarray(values[name], np.float32)
            past[:, :-1] = past[:, 1:]
            past[:, -1] = now
            past[self._new] = now[self._new, None]
        self._new[:] = False
