"""Who moves the robot: chunks of the model or velocities of an operator, under one lease."""

import time
from collections.abc import Callable, Mapping

from canter.control.gait.gait_chunk import GaitChunk
from canter.control.gait.velocity_command import VelocityCommand
from canter.control.safety.lease import Lease, Rank
from canter.control.types import GaitCommand

MODEL, OPERATOR = "vla_node", "cmd_vel"


class CommandMux:
    """The newest command of each writer, and the one that holds the lease."""

    def __init__(
        self,
        ranges: Mapping[str, tuple[float, float]],
        timeout_s: float = 0.5,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin at rest.

        Args:
            ranges: of the locomotion policy's contract.
            timeout_s: silence after which a writer loses the lease, s.
            now: monotonic clock, s.
        """
        self.lease = Lease(timeout_s, now)
        self.velocity = VelocityCommand(ranges, timeout_s=timeout_s, now=now)
        self._chunk: GaitChunk | None = None

    @property
    def writer(self) -> str:
        """Who moves the robot now; empty if nobody."""
        holder = self.lease.holder
        return holder.writer if holder is not None else ""

    def put_chunk(self, chunk: GaitChunk) -> None:
        """Take a chunk of the model; raises LeaseError while an operator has the robot."""
        self.lease.claim(MODEL, Rank.VLA)
        self._chunk = chunk

    def put_velocity(self, vx: float, vy: float, wz: float, age_s: float = 0.0) -> None:
        """Take a velocity of an operator; see `VelocityCommand.put`."""
        self.velocity.put(vx, vy, wz, age_s)
        self.lease.claim(OPERATOR, Rank.OPERATOR)

    def command(self, now: float) -> tuple[GaitCommand, float]:
        """Return the command due at `now` on the pictures' clock, and its picture's stamp or 0."""
        writer = self.writer
        if writer == OPERATOR:
            return self.velocity.command(), 0.0
        if writer == MODEL and self._chunk is not None:
            return self._chunk.at(now), self._chunk.time
        return GaitCommand(), 0.0
