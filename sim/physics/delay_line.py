"""What was issued to the motors, and what of it has arrived by now."""

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError

Float = NDArray[np.float64]

LONGEST = 2
"""Longest delay, control periods."""


class DelayLine:
    """The commands on their way to the motors of N robots, one for each physics step.

    Args:
        n: number of robots.
        substeps: physics steps of a control period.
        delay: physics steps by which a command arrives late, (N,) or a scalar.
        width: numbers of one command.

    Raises:
        CanterError: a delay is negative or longer than LONGEST control periods.
    """

    def __init__(self, n: int, substeps: int, delay: NDArray[np.integer] | int, width: int) -> None:
        self.delay = np.broadcast_to(np.asarray(delay), (n,)).copy()
        longest = LONGEST * substeps
        if self.delay.min() < 0 or self.delay.max() > longest:
            raise CanterError(
                f"motor delays {self.delay.min()} to {self.delay.max()} physics steps; "
                f"they may be 0 to {longest}, {LONGEST} control periods"
            )
        self._substeps = substeps
        before = -(-int(self.delay.max()) // substeps) * substeps
        self._kept: Float = np.zeros((n, before + substeps, width))
        self._rows = self._kept.reshape(-1, width)
        first = np.arange(n) * (before + substeps) + before - self.delay
        self._sources = first[:, None] + np.arange(substeps)

    def begin(self) -> None:
        """Begin a control period: what was issued before grows older by one period."""
        self._kept[:, : -self._substeps] = self._kept[:, self._substeps :]

    def issue(self, tick: int, command: Float) -> None:
        """Send a command, (N, width), at one physics step of this period."""
        self._kept[:, tick - self._substeps] = command

    def hold(self, command: Float) -> None:
        """Send one command, (N, width), at every physics step of this period."""
        self._kept[:, -self._substeps :] = command[:, None]

    def arrived(self, tick: int) -> Float:
        """Return what the motors obey at one physics step of this period, (N, width)."""
        return np.asarray(self._rows.take(self._sources[:, tick], axis=0))

    def arrivals(self) -> Float:
        """Return what the motors obey at each physics step of this period, (N, steps, width)."""
        return np.asarray(self._rows.take(self._sources, axis=0))

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget what is on its way to the masked robots, (N,); until more arrives it is zero."""
        self._kept[mask] = 0.0
