"""Tells when something has been so for long enough without a break."""

import math

CLOCK_SLACK = 1e-6


class DwellTimer:
    """Times how long a condition has held.

    Args:
        span: time after which it counts, s.
    """

    def __init__(self, span: float) -> None:
        self._span = span
        self._since = math.inf

    def update(self, time: float, holds: bool) -> bool:
        """Take in one control step; tell whether the condition has held for the whole span."""
        self._since = min(self._since, time) if holds else math.inf
        return time - self._since >= self._span - CLOCK_SLACK
