"""What the controller knows of the safety node: whether it is heard, and what it allows."""

import time
from collections.abc import Callable

from canter.control.safety.heartbeat import Heartbeats, Pulse, Reaction

SOURCE = "safety_node"
FOREVER_S = 1e9


class SafetyLink:
    """The newest level, which counts for as long as it is fresh.

    Until the safety node is heard for the first time the robot may not go, without a fault; once
    it was heard, its silence is one.
    """

    def __init__(
        self, timeout_s: float, *, required: bool, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin without having heard anything.

        Args:
            timeout_s: silence after which the safety node counts as lost, s.
            required: the robot goes only while the safety node is heard.
            now: monotonic clock, s.
        """
        self._beats = Heartbeats({SOURCE: timeout_s}, FOREVER_S, now)
        self._required = required
        self._level = Reaction.GO

    @property
    def pulse(self) -> Pulse:
        """Whether the safety node is heard; alive where it is not required."""
        return self._beats.status()[SOURCE].pulse if self._required else Pulse.ALIVE

    @property
    def lets_go(self) -> bool:
        """Whether motor commands may do more than damp."""
        return self.pulse is Pulse.ALIVE and self._level is not Reaction.DAMP

    @property
    def words(self) -> str:
        """The state in words."""
        if self.pulse is not Pulse.ALIVE:
            return f"damps: the safety node is {self.pulse.value}"
        return "damps: stopped by the safety node" if not self.lets_go else "works"

    def hear(self, level: Reaction) -> None:
        """Take a level that arrived now."""
        self._beats.beat(SOURCE)
        self._level = level

    def restart(self) -> None:
        """Forget what was heard."""
        self._beats.restart()
        self._level = Reaction.GO
