"""Motor power only once commands flow steadily: the start of processes is full of hiccups."""

GAP_S = 0.045
"""Largest time between two commands of a steady flow: one of them may be lost at 50 Hz."""
ENOUGH = 10
"""Commands in a row that make a flow steady."""


class SteadyFlow:
    """Counts commands that came in time, until there are enough in a row; then it stays so."""

    def __init__(self) -> None:
        self._last = 0.0
        self._row = 0

    @property
    def reached(self) -> bool:
        """Whether there were enough."""
        return self._row >= ENOUGH

    def put(self, stamp: float, valid_until: float, now: float) -> bool:
        """Take a command; returns whether the flow is steady.

        Args:
            stamp: of the command, s.
            valid_until: after which it must not be executed, on the same clock, s.
            now: on the same clock, s.
        """
        if not self.reached:
            in_time = 0.0 < stamp - self._last <= GAP_S and now < valid_until
            self._row = self._row + 1 if in_time else 0
            self._last = stamp
        return self.reached

    def restart(self) -> None:
        """Count anew."""
        self._row = 0
