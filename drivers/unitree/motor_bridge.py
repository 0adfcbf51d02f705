"""The driver's end on the robot's bus: a process that obeys another one's motor commands.

``python -m canter.drivers.unitree.motor_bridge DOMAIN INTERFACE RATE_HZ PRIORITY``, with a socket
of `bridge_wire` as its standard input. It looks at the robot when it starts. Each time it is told
to take over, it does what a drive does: releases the sport mode, looks again, starts the watchdog,
follows commands at 500 Hz past a safety monitor of its own, and at the end lies down and damps.
Whoever started it and is gone leaves a robot that is damped.
"""

import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from canter.control.errors import CanterError
from canter.control.impedance import JOINT_VALID_S, damping_command
from canter.control.loop.controller_loop import Clocks
from canter.control.loop.realtime import lower_threads, raise_threads
from canter.control.robot import GO2
from canter.control.safety.safety_monitor import Fault, SafetyMonitor
from canter.control.types import JointCommand, RobotState
from canter.control.unitree import low_state
from canter.control.unitree.api import SIMULATION_DOMAIN
from canter.drivers.unitree import watchdog
from canter.drivers.unitree.bridge_wire import Kind, Measured, Wire, command_from_bytes
from canter.drivers.unitree.bus import Bus
from canter.drivers.unitree.helper_process import HelperProcess
from canter.drivers.unitree.link import Link
from canter.drivers.unitree.motor_loop import MotorLoop
from canter.drivers.unitree.preflight import STATE_TIMEOUT_S, check, release_sport_mode

SWITCH_INTERVAL_S = 0.0005
"""How long another thread may keep the loop waiting for the interpreter, s."""
FRESH_S = 0.1
"""Age at which a motor command is followed no more, s."""
LEAVE_S = 5.0
"""How long a client that is about to leave the robot is waited for, s."""
SOON_S = 0.001
"""How much before its time a measurement may be told of, s: half a period of the robot's."""
POLL_S = 0.2
"""Longest time between two looks at what else happens while nobody drives, s."""


class Drive:
    """One time of driving, from taking over to lying down.

    Args:
        wire: to whoever commands.
        link: to the robot.
        guard: the watchdog's process.
        rate_hz: measurements that are told of, a second at most.
        clocks: the loop's times; monotonic if None.
    """

    def __init__(
        self,
        wire: Wire,
        link: Link,
        guard: HelperProcess,
        rate_hz: float = 500.0,
        clocks: Clocks | None = None,
    ) -> None:
        self._wire, self._link, self._guard = wire, link, guard
        self._spacing, self._due = 1 / rate_hz, 0.0
        self._motors = MotorLoop(link, SafetyMonitor(GO2), clocks)
        self._newest: JointCommand | None = None
        self._stamp = 0.0
        self._told: Fault | None = None
        self._landing = False

    def run(self) -> None:
        """Follow commands until told to land, or until nobody is left; then lie down, or damp.

        Raises:
            CanterError: the watchdog has ended.
        """
        end = watchdog.WatchedStop(self, self._guard)
        while not end.asked and not self._wire.closed:
            for kind, content in self._wire.take():
                self._hear(kind, content)
            if self._motors.tick(self._command):
                self._tell()
        if self._wire.closed:
            self._motors.damp()
            return
        self._motors.land()
        if end.lost:
            raise CanterError(watchdog.LOST)

    @property
    def asked(self) -> bool:
        """Whether the robot is to lie down."""
        return self._landing

    def _hear(self, kind: Kind, content: bytes) -> None:
        now = self._motors.now()
        if kind is Kind.COMMAND:
            self._newest, self._stamp = command_from_bytes(content, now + FRESH_S)
        elif kind is Kind.RESET:
            self._motors.reset()
            self._newest, self._told = None, None
        elif kind is Kind.LAND:
            self._landing = True

    def _command(self, _: RobotState) -> JointCommand:
        """Return the newest command; damping before the first."""
        now = self._motors.now()
        return damping_command(GO2, now) if self._newest is None else self._newest

    def _tell(self) -> None:
        """Send the newest measurement, and a fault that is new."""
        fault, state = self._motors.fault, self._motors.state
        if fault is not None and fault is not self._told:
            self._wire.send(Kind.FAULT, f"{fault.rule}: {fault.reason}")
        self._told = fault
        if state is not None and state.time >= self._due - SOON_S:
            self._due = max(self._due, state.time - self._spacing) + self._spacing
            follows = 0.0 if fault is not None or self._newest is None else self._stamp
            self._wire.send(Kind.MEASURED, measured(self._link, state, follows).to_bytes())


def measured(link: Link, state: RobotState, follows: float) -> Measured:
    """Return what the newest record of a link says."""
    record = link.record
    assert record is not None, "a state comes with its record"
    return Measured(
        state,
        follows,
        float(record["bms_state"]["soc"]) / 100.0,
        float(record["power_v"]),
        1e-3 * float(record["bms_state"]["current"]),
        low_state.temperatures(record),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process was started.

    Attributes:
        domain: DDS domain of the robot.
        interface: network interface.
        rate_hz: measurements that are told of, a second at most.
        priority: real-time priority while driving; 0 for none.
    """

    domain: int
    interface: str
    rate_hz: float
    priority: int


def serve(wire: Wire, bus: Bus, given: Settings) -> None:
    """Look at the robot, then drive whenever told to, until nobody is left.

    Args:
        wire: to whoever commands.
        bus: where the robot is.
        given: how this process was started.

    Raises:
        CanterError: the robot is not ready at first.
    """
    link = Link(bus)
    _wait_until_free(link)
    check(link)
    wire.send(Kind.DONE)
    while not wire.closed:
        wire.wait(POLL_S)
        if any([kind is Kind.TAKE_OVER for kind, _ in wire.take()]):
            _answer(wire, lambda: _drive(wire, bus, link, given))


def _drive(wire: Wire, bus: Bus, link: Link, given: Settings) -> None:
    real = given.domain != SIMULATION_DOMAIN
    release_sport_mode(bus, link, required=real, say=lambda text: wire.send(Kind.SAYS, text))
    check(link)
    guard = watchdog.start(given.domain, given.interface)
    try:
        link.open()
        raise_threads(given.priority)
        wire.send(Kind.DONE)
        Drive(wire, link, guard, given.rate_hz).run()
    finally:
        lower_threads()
        link.close()
        guard.dismiss()


def _answer(wire: Wire, act: Callable[[], None]) -> None:
    """Do what was asked for, and say that it is over; a CanterError refuses it."""
    try:
        act()
    except CanterError as error:
        wire.send(Kind.REFUSED, str(error))
    else:
        wire.send(Kind.DONE)


def _wait_until_free(link: Link) -> None:
    """Wait while another client has the robot that may be about to leave it."""
    link.wait(STATE_TIMEOUT_S)
    end = time.monotonic() + LEAVE_S
    while link.other_writers and time.monotonic() < end:
        time.sleep(JOINT_VALID_S)


def main(given: Settings) -> None:
    """Serve until the other end of the socket is closed."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    wire = Wire(socket.socket(fileno=os.dup(sys.stdin.fileno())))
    try:
        bus = Bus(given.domain, given.interface)
        try:
            serve(wire, bus, given)
        finally:
            bus.close()
    except CanterError as error:
        wire.send(Kind.REFUSED, str(error))


if __name__ == "__main__":
    _, domain, interface, rate_hz, priority = sys.argv
    main(Settings(int(domain), interface, float(rate_hz), int(priority)))
    os._exit(0)  # a busy machine takes seconds to tear an interpreter down
