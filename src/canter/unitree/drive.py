"""``canter unitree drive``: the whole stack as a low-level client of a Go2."""

import sys
from contextlib import ExitStack

from canter.control.errors import CanterError
from canter.control.gait.velocity_command import VelocityCommand
from canter.control.locomotion import SHIPPED as SHIPPED_LOCOMOTION
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.unitree.api import SIMULATION_DOMAIN
from canter.datasets.language.parser import parse
from canter.run.stop import StopRequest
from canter.unitree import guardian
from canter.unitree.bus import Bus
from canter.unitree.guides import FixedVelocity, Guide, Instruction
from canter.unitree.link import Link
from canter.unitree.options import UnitreeDrive
from canter.unitree.pilot import Flight, Pilot
from canter.unitree.preflight import check, release_sport_mode
from canter.vla.runtime import SHIPPED as SHIPPED_VLA
from canter.vla.runtime import VlaRuntime

SWITCH_INTERVAL_S = 0.0005
"""How long the model's thread may keep the loop waiting for the interpreter, s."""
GO_AHEAD = "yes"
LONGEST_S = 3600.0
"""Longest walk, s."""


def main(options: UnitreeDrive) -> int:
    """Drive, and lie down whatever happens.

    Returns:
        0 where the robot walked and lay down, 1 where something broke the drive off, 130 after
        Ctrl-C.

    Raises:
        CanterError: bad input, or a robot that is not ready, before the first command.
    """
    _check_options(options)
    policy = LocomotionPolicy(OnnxSession(options.locomotion or SHIPPED_LOCOMOTION))
    runtime = _open_model(options)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with ExitStack() as stack:
        bus = Bus(options.domain, options.interface)
        stack.callback(bus.close)
        link = Link(bus)
        check(link)
        _ask(options)
        stop = stack.enter_context(StopRequest())
        say = _silent if options.quiet else _print
        release_sport_mode(bus, link, required=options.domain != SIMULATION_DOMAIN, say=say)
        check(link)
        guide = _guide(options, policy, runtime, bus, stack)
        stack.callback(guardian.start(options.domain, options.interface).dismiss)
        link.open()
        if stop.asked:
            return stop.exit_code
        say(f"standing up, then walking for {options.seconds:g} s; Ctrl-C lies down")
        flight = Pilot(link, policy, guide, stop).fly(options.seconds)
        print(report(flight, link), flush=True)
    if flight.fault is not None:
        print(f"stored {flight.last_seconds.store(options.trips, flight.fault)}", flush=True)
    if flight.error is not None or flight.fault is not None:
        return 1
    return stop.exit_code if stop.asked else 0


def report(flight: Flight, link: Link) -> str:
    """Return how it went, in lines."""
    held = 1.0 - flight.missed / max(flight.ticks + flight.missed, 1)
    end = "lay down, then damped" if flight.landed else "damped without lying down first"
    lines = [
        f"walked for {flight.walked_s:.1f} s; {end}",
        f"commands: {link.sent} sent, {100 * held:.2f} % of the deadlines of 2 ms held",
        f"states: {link.states} received, {link.crc_errors} CRC errors",
    ]
    if flight.fault is not None:
        lines.append(f"safety monitor: {flight.fault.rule}: {flight.fault.reason}")
    if flight.error is not None:
        lines.append(f"broken off: {flight.error}")
    return "\n".join(lines)


def _check_options(options: UnitreeDrive) -> None:
    """Refuse options that contradict each other or lie out of range."""
    if bool(options.instruction) == (options.velocity is not None):
        raise CanterError(
            'give either an instruction ("go to the red ball") or --velocity VX VY WZ'
        )
    if options.instruction:
        parse(options.instruction)
    if not 0 < options.seconds <= LONGEST_S:
        raise CanterError(f"--seconds {options.seconds:g} is not within 0..{LONGEST_S:g}")


def _open_model(options: UnitreeDrive) -> VlaRuntime | None:
    if not options.instruction:
        return None
    return VlaRuntime(options.vla or SHIPPED_VLA)


def _guide(
    options: UnitreeDrive,
    policy: LocomotionPolicy,
    runtime: VlaRuntime | None,
    bus: Bus,
    stack: ExitStack,
) -> Guide:
    """Return who says where to walk."""
    if runtime is None:
        velocity = VelocityCommand(policy.contract.command_ranges)
        return FixedVelocity(velocity, options.velocity or (0.0, 0.0, 0.0))
    guide = Instruction(options.instruction, runtime, bus)
    guide.start()
    stack.callback(guide.stop)
    return guide


def _ask(options: UnitreeDrive) -> None:
    """Make sure that a person wants a real robot to move.

    Raises:
        CanterError: nobody said yes.
    """
    if options.domain == SIMULATION_DOMAIN or options.yes:
        return
    print(
        f"Domain {options.domain} is a robot's. Nothing here was ever tried on one; read "
        "docs/unitree.md, hang the robot up, hold the remote's damping key ready."
    )
    try:
        said = input(f"Its motors will be taken over. Type '{GO_AHEAD}' to go on: ")
    except EOFError:
        said = ""
    if said.strip() != GO_AHEAD:
        raise CanterError(f"nobody said '{GO_AHEAD}'; the robot was left alone (--yes skips this)")


def _print(text: str) -> None:
    print(text, flush=True)


def _silent(_: str) -> None:
    """Say nothing."""
