"""When a Go2 measured, on this machine's clock: its tick says so, arrivals alone come late."""

WRAP_MS = 2**32
"""The tick counts ms in 32 bits and begins anew after 49.7 days."""
WINDOW_S = 10.0
"""Time over which the quickest arrival counts, s; crystals drift by under 1 ms in it."""
LOST_S = 1.0
"""Age of a measurement that is no delay: the robot's tick jumped, s."""


class RobotClock:
    """Maps a robot's tick onto the local monotonic clock.

    The difference between both clocks is taken as the smallest arrival minus tick of the last 5 to
    10 s: what arrived quickest. A measurement is then never from the future, and one that came
    late is stamped with the time at which it was due. A tick that goes back (the robot started
    anew) or lies over 1 s in the past begins anew with its own arrival. Until the quickest of the
    first arrivals has come, times are late by what the others took longer.
    """

    def __init__(self) -> None:
        """Begin without a measurement."""
        self._tick: int | None = None
        self._robot_s = self._turn = 0.0
        self._before = self._newest = 0.0

    def time(self, tick_ms: int, arrival: float) -> float:
        """Return when a measurement was made, s, never later than its arrival.

        Args:
            tick_ms: the robot's own time, ms, modulo 2^32; 0 where its sender keeps none, which
                makes the arrival count.
            arrival: local monotonic time of its arrival, s; does not go back.
        """
        if tick_ms == 0:
            return arrival
        last, self._tick = self._tick, tick_ms
        step = 0 if last is None else (tick_ms - last) % WRAP_MS
        if last is None or step >= WRAP_MS // 2:
            return self._begin(arrival)
        self._robot_s += 1e-3 * step
        offset = arrival - self._robot_s
        if arrival >= self._turn:
            self._turn = arrival + WINDOW_S / 2
            self._before, self._newest = self._newest, offset
        self._newest = min(self._newest, offset)
        measured = self._robot_s + min(self._before, self._newest)
        return measured if arrival - measured <= LOST_S else self._begin(arrival)

    def _begin(self, arrival: float) -> float:
        """Take a measurement as made when it arrived, and count the robot's time from it."""
        self._robot_s = arrival
        self._before = self._newest = 0.0
        self._turn = arrival + WINDOW_S / 2
        return arrival
