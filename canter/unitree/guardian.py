"""A process that damps the robot when the one that drives it dies.

A Go2 goes on executing its last low-level command; nobody is left to damp it when the driving
process is killed. So that process starts this one beforehand and holds the other end of its
standard input: where that ends without the word that all is well, this one damps for a while.
"""

import subprocess
import sys
import time

from canter.control.clock import LoopClock
from canter.control.errors import CanterError
from canter.control.impedance import damping_command
from canter.control.robot import GO2
from canter.control.unitree.api import LOW_LEVEL_PERIOD_S
from canter.unitree.bus import Bus
from canter.unitree.link import Link

READY, WELL = b"ready\n", b"well\n"
DAMP_S = 3.0
"""How long it damps, s."""
START_S = 20.0
"""How long it may take to start, s."""


class Guardian:
    """The driving process's end.

    Args:
        domain: DDS domain.
        interface: network interface.

    Raises:
        CanterError: it did not start.
    """

    def __init__(self, domain: int, interface: str) -> None:
        module = [sys.executable, "-m", "canter.unitree.guardian", str(domain), interface]
        self._process = subprocess.Popen(
            module, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != READY:
            self._process.kill()
            raise CanterError("the guardian, which damps when this process dies, does not start")

    @property
    def alive(self) -> bool:
        """Whether it still watches."""
        return self._process.poll() is None

    def dismiss(self) -> None:
        """Tell it that all is well."""
        self._process.communicate(WELL, timeout=START_S)


def watch(domain: int, interface: str) -> int:
    """Wait for the end of standard input; damp unless all is well. Return how often it damped."""
    bus = Bus(domain, interface)
    try:
        link = Link(bus)
        link.open()
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
        if sys.stdin.buffer.readline() == WELL:
            return 0
        clock, end = LoopClock(LOW_LEVEL_PERIOD_S), time.monotonic() + DAMP_S
        while time.monotonic() < end:
            link.send(damping_command(GO2, time.monotonic()))
            clock.wait()
        return link.sent
    finally:
        bus.close()


if __name__ == "__main__":
    watch(int(sys.argv[1]), sys.argv[2])
