"""A process that damps the robot when the one that drives it dies.

A Go2 goes on executing its last low-level command; nobody is left to damp it when the driving
process is killed. So that process starts this one beforehand and holds the other end of its
standard input: where that ends without the word that all is well, this one damps for a while.
"""

import os
import sys
import time

from canter.control.impedance import damping_command
from canter.control.loop.clock import LoopClock
from canter.control.robot import GO2
from canter.control.unitree.api import LOW_LEVEL_PERIOD_S
from canter.drivers.unitree.bus import Bus
from canter.drivers.unitree.command_source import Stop
from canter.drivers.unitree.helper_process import HelperProcess, report_ready, wait_for_end
from canter.drivers.unitree.link import Link

DAMP_S = 2.5
"""How long it damps, s; a robot sinks in half of that, and keeps its last command after."""
LOST = "canter: the watchdog process has ended; the robot lies down, as nobody else could damp it"


def start(domain: int, interface: str) -> HelperProcess:
    """Start it; `HelperProcess.dismiss` ends it where all is well."""
    return HelperProcess("canter.drivers.unitree.watchdog", [str(domain), interface])


class WatchedStop:
    """A request to stop that the watchdog's death makes too: nobody would damp the robot then.

    Args:
        stop: the request of a person.
        watchdog: the process.

    Attributes:
        lost: the watchdog ended before the drive did.
    """

    def __init__(self, stop: Stop, watchdog: HelperProcess) -> None:
        self._stop, self._watchdog = stop, watchdog
        self.lost = False

    @property
    def asked(self) -> bool:
        """Whether the robot is to lie down."""
        if not self.lost and not self._watchdog.alive:
            self.lost = True
            print(LOST, file=sys.stderr, flush=True)
        return self.lost or self._stop.asked


def main(domain: int, interface: str) -> None:
    """Wait for the driving process's end, and damp unless all is well."""
    bus = Bus(domain, interface)
    try:
        link = Link(bus)
        link.open()
        report_ready()
        if wait_for_end():
            return
        clock, end = LoopClock(LOW_LEVEL_PERIOD_S), time.monotonic() + DAMP_S
        while time.monotonic() < end:
            link.send(damping_command(GO2, time.monotonic()))
            clock.wait()
    finally:
        bus.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
    os._exit(0)  # a busy machine takes seconds to tear an interpreter down
