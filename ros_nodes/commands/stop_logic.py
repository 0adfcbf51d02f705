"""What stops or rests the robot: lost processes, faults, watches, a person, no operator. No ROS."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from canter.control.errors import CanterError
from canter.control.safety.heartbeat import Beat, Heartbeats, OperatorHeartbeat, Pulse, Reaction

CRITICAL = "controller_node"
"""The node whose loss or fault stops the robot; the loss of another one is told."""
REACTION = "reaction"
"""Names, among a heartbeat's figures, what the controller's monitor asks for."""
ALIVE = Beat(Pulse.ALIVE, 0.0, 0.0)
"""What counts for a controller that nobody watches."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest heartbeat of a node.

    Attributes:
        level: 0 fine, 1 warning, 2 error.
        message: in words.
        values: figures by name.
    """

    level: int
    message: str
    values: Mapping[str, str]


class StopLogic:
    """Latches a stop for its first reason until a person resets it.

    Attributes:
        reason: why the robot is stopped; empty while it is not.
        heard: newest heartbeat of each node, by name.
    """

    def __init__(
        self,
        beats: Heartbeats,
        operator: OperatorHeartbeat | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin unstopped.

        Args:
            beats: the nodes that are watched.
            operator: the operator who must answer; None where none is required.
            now: monotonic clock, s.
        """
        self.beats, self.operator = beats, operator
        self.reason = ""
        self.heard: dict[str, Heard] = {}
        self._heard_at: dict[str, float] = {}
        self._now = now
        self._deaf_until = -1.0

    def hear(self, name: str, heard: Heard) -> None:
        """Take a heartbeat; a critical node's error stops the robot."""
        self.heard[name], self._heard_at[name] = heard, self._now()
        if name in self.beats.status():
            self.beats.beat(name)
        if name == CRITICAL and heard.level >= 2 and self._now() > self._deaf_until:
            self.stop(f"{name} {heard.message}")

    def silent_s(self, name: str) -> float:
        """Return the time since a node was heard, s; infinite where it never was."""
        return self._now() - self._heard_at.get(name, -math.inf)

    def stop(self, reason: str) -> None:
        """Damp from now on; the first reason is kept."""
        self.reason = self.reason or reason

    def level(self) -> Reaction:
        """Return what the robot must do now, the strongest of what is asked for."""
        if CRITICAL in self.beats.lost():
            self.stop(f"{CRITICAL} is silent")
        operator = self.operator.reaction() if self.operator is not None else Reaction.GO
        return Reaction.DAMP if self.reason else max(operator, self._asked())

    def _asked(self) -> Reaction:
        """Return SETTLE for as long as the controller's monitor asks for rest."""
        values = self.heard[CRITICAL].values if CRITICAL in self.heard else {}
        rest = values.get(REACTION) == Reaction.SETTLE.name
        return Reaction.SETTLE if rest else Reaction.GO

    def reset(self) -> str:
        """Clear the stop and return its reason.

        Raises:
            CanterError: no operator answers, or the controller is not heard: it would stop again.
        """
        if self.beats.status().get(CRITICAL, ALIVE).pulse is not Pulse.ALIVE:
            raise CanterError(f"{CRITICAL} is not heard; start it, then reset")
        if self.operator is not None:
            self.operator.reset()
        reason, self.reason = self.reason, ""
        self._deaf_until = self._now() + 0.5  # heartbeats on their way still tell of the old fault
        return reason
