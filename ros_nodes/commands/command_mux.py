"""Who moves the robot: chunks of the model or velocities of an operator, under one lease."""

import math
import time
from collections.abc import Callable, Mapping

from canter.control.avoidance.avoidance import Avoidance
from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.gait.velocity_command import Clipping, VelocityCommand
from canter.control.safety.lease import Lease, Rank
from canter.control.types import GaitCommand

MODEL, OPERATOR = "vla_node", "cmd_vel"
IN_FLIGHT_S = 0.3
"""Chunks of pictures that were taken so soon after a stop may answer the words before it, s."""


class CommandMux:
    """The newest command of each writer, and the one that holds the lease.

    Attributes:
        avoidance: what every command passes; None for nothing.
        halted: a person said stop, and velocities have come ever since: they are refused.
    """

    def __init__(
        self,
        ranges: Mapping[str, tuple[float, float]],
        timeout_s: float = 0.5,
        now: Callable[[], float] = time.monotonic,
        avoidance: Avoidance | None = None,
    ) -> None:
        """Begin at rest.

        Args:
            ranges: of the locomotion policy's contract.
            timeout_s: silence after which a writer loses the lease, s.
            now: monotonic clock, s.
            avoidance: what every command passes, whoever gives it; None for nothing.
        """
        self.lease = Lease(timeout_s, now)
        self.velocity = VelocityCommand(ranges, timeout_s=timeout_s, now=now)
        self.avoidance = avoidance
        self._chunk: GaitChunk | None = None
        self._now = now
        self._timeout = timeout_s
        self.halted = False
        self._halted_at = -math.inf
        self._heard = -math.inf

    @property
    def writer(self) -> str:
        """Who moves the robot now; empty if nobody."""
        holder = self.lease.holder
        return holder.writer if holder is not None else ""

    def put_chunk(self, chunk: GaitChunk) -> None:
        """Take a chunk of the model; raises LeaseError while an operator has the robot."""
        self.lease.claim(MODEL, Rank.VLA)
        if chunk.time > self._halted_at + IN_FLIGHT_S:
            self._chunk = chunk

    def halt(self, stamp: float) -> None:
        """Stand, whoever moves the robot now, as a person said so.

        The model moves it again with the next instruction, an operator once the velocities paused,
        or were zero.

        Args:
            stamp: now, on the pictures' clock, s.
        """
        self.halted = self._now() - self._heard <= self._timeout
        self._halted_at = stamp
        self._chunk = None
        self.velocity.forget()

    def put_velocity(
        self, vx: float, vy: float, wz: float, age_s: float = 0.0
    ) -> tuple[Clipping, ...]:
        """Take a velocity of an operator and return what was clipped; see `VelocityCommand.put`.

        Raises:
            CanterError: the velocity is no number or too old, or a person said stop meanwhile.
        """
        paused = self._now() - self._heard > self._timeout
        self._heard = self._now()
        self.halted = self.halted and not paused and any((vx, vy, wz))
        if self.halted:
            raise CanterError(
                f"a person said stop; let cmd_vel be silent for {self._timeout:g} s, or zero, first"
            )
        clipped = self.velocity.put(vx, vy, wz, age_s)
        self.lease.claim(OPERATOR, Rank.OPERATOR)
        return clipped

    def command(self, now: float) -> tuple[GaitCommand, float]:
        """Return the command due at `now` on the pictures' clock, and its picture's stamp or 0."""
        command, origin = self._asked(now)
        if self.avoidance is None:
            return command, origin
        return GaitCommand.from_array(self.avoidance.filter(command.to_array(), now)), origin

    def _asked(self, now: float) -> tuple[GaitCommand, float]:
        """Return what is asked for, before avoidance."""
        writer = self.writer
        if writer == OPERATOR:
            return self.velocity.command(), 0.0
        if writer == MODEL and self._chunk is not None:
            return self._chunk.at(now), self._chunk.time
        return GaitCommand(), 0.0
