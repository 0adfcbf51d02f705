"""Starts `motor_bridge` and talks to it, from a process that does not speak the bus itself."""

import socket
import subprocess
import time
from collections.abc import Callable

from canter.control.errors import CanterError
from canter.control.loop.realtime import ordinary_python
from canter.control.types import JointCommand
from canter.drivers.unitree.bridge_wire import Kind, Measured, Wire, command_to_bytes

MODULE = "canter.drivers.unitree.motor_bridge"
READY_S, TAKE_OVER_S, LAND_S = 40.0, 30.0, 6.0
"""Longest waits for the robot's end: to look at the robot, to take it over, to lie it down, s."""
BUFFER = 1 << 20
"""Bytes that may wait in the socket."""
POLL_S = 0.05

Say = Callable[[str], None]


class MotorBridge:
    """The robot's end, as whoever commands it sees it.

    Args:
        domain: DDS domain of the robot.
        interface: network interface.
        rate_hz: measurements a second at most.
        priority: real-time priority while driving; 0 for none.
        say: told what happens there.

    Attributes:
        fault: of the robot end's own safety monitor, in words; empty while there is none.

    Raises:
        CanterError: the robot is not ready to be driven, for the reason that it gives.
    """

    def __init__(
        self, domain: int, interface: str, rate_hz: float, priority: int, say: Say
    ) -> None:
        self._say = say
        self.fault = ""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        with theirs:
            self._process = subprocess.Popen(
                ordinary_python(MODULE, str(domain), interface, str(rate_hz), str(priority)),
                stdin=theirs.fileno(),
                start_new_session=True,  # a signal from the terminal is not its own
            )
        self._wire = Wire(ours)
        try:
            self._await(READY_S)
        except CanterError:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def take_over(self) -> None:
        """Release the sport mode and damp, until there are commands; raises CanterError if not."""
        self.fault = ""
        self._wire.send(Kind.TAKE_OVER)
        self._await(TAKE_OVER_S)

    def send(self, command: JointCommand, stamp: float) -> None:
        """Hand a motor command over, fields (12,), with a stamp of one's own, s; never waits."""
        self._wire.send(Kind.COMMAND, command_to_bytes(command, stamp))

    def reset(self) -> None:
        """Clear the fault, for a person who has seen the robot."""
        self._wire.send(Kind.RESET)
        self.fault = ""

    def receive(self, seconds: float) -> Measured | None:
        """Return the newest measurement, or None where none came within so many seconds.

        Raises:
            CanterError: the robot's end is gone, or has given up; it says why.
        """
        self._wire.wait(seconds)
        newest = None
        for kind, content in self._wire.take():
            if kind is Kind.MEASURED:
                newest = content
            elif kind in (Kind.DONE, Kind.REFUSED):
                raise CanterError(content.decode() or "the robot's end of the driver gave up")
            else:
                self._note(kind, content)
        if self._wire.closed:
            raise self._gone()
        return None if newest is None else Measured.from_bytes(newest)

    def land(self) -> None:
        """Lie down and damp; raises CanterError where that could not be done."""
        self._wire.send(Kind.LAND)
        self._await(LAND_S)

    def leave(self) -> None:
        """Hang up: a robot that is still driven is damped."""
        self._wire.close()

    def close(self) -> None:
        """Hang up, and wait for the process's end."""
        self.leave()
        try:
            self._process.wait(LAND_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await(self, seconds: float) -> None:
        """Wait for the answer to what was asked."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._wire.wait(POLL_S)
            for kind, content in self._wire.take():
                if kind is Kind.DONE:
                    return
                if kind is Kind.REFUSED:
                    raise CanterError(content.decode())
                self._note(kind, content)
            if self._wire.closed:
                raise self._gone()
        raise CanterError(f"the robot's end of the driver did not answer within {seconds:g} s")

    def _note(self, kind: Kind, content: bytes) -> None:
        if kind is Kind.FAULT:
            self.fault = content.decode()
        if kind in (Kind.FAULT, Kind.SAYS):
            self._say(content.decode())

    def _gone(self) -> CanterError:
        return CanterError(
            f"the robot's end of the driver (process {self.pid}) has ended; the watchdog damps"
        )
