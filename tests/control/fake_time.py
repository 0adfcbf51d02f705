"""A clock that tests turn."""


class FakeTime:
    """Moves only when told to.

    Args:
        start: time shown at first, s.
    """

    def __init__(self, start: float = 100.0) -> None:
        self.time = start

    def now(self) -> float:
        """Return the time, s."""
        return self.time

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.time += seconds
