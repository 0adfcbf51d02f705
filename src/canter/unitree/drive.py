"""``canter unitree drive``: the whole stack as a low-level client of a Go2."""

import sys
from contextlib import ExitStack

from canter.control.errors import CanterError
from canter.control.gait.velocity_command import VelocityCommand
from canter.control.locomotion import SHIPPED as SHIPPED_LOCOMOTION
from canter.control.locomotion import LocomotionPolicy
from canter.control.safety.fall_response import with_fall_response
from canter.control.session import OnnxSession
from canter.control.stop import StopRequest
from canter.control.unitree.api import SIMULATION_DOMAIN
from canter.datasets.language.safety_words import is_stop
from canter.drivers.unitree import watchdog
from canter.drivers.unitree.bus import Bus
from canter.drivers.unitree.go2_driver import DriveReport, Go2Driver
from canter.drivers.unitree.link import Link
from canter.drivers.unitree.preflight import check, release_sport_mode, stop_walking
from canter.unitree.command_sources import FixedVelocity, InstructedCommands
from canter.unitree.go_ahead import ask
from canter.unitree.options import UnitreeDrive
from canter.unitree.typed_words import hear_typed_words
from canter.vla.follower import hear
from canter.vla.runtime import SHIPPED as SHIPPED_VLA
from canter.vla.runtime import VlaRuntime

SWITCH_INTERVAL_S = 0.0005
"""How long the model's thread may keep the loop waiting for the interpreter, s."""
LONGEST_S = 3600.0
"""Longest walk, s."""


def main(options: UnitreeDrive) -> int:
    """Drive, and lie down whatever happens.

    Returns:
        0 where the robot walked and lay down, 1 where something broke the drive off, the
        watchdog's death too, 130 after Ctrl-C.

    Raises:
        CanterError: bad input, or a robot that is not ready, before the first command.
    """
    _check_options(options)
    if is_stop(options.instruction):
        return _stop(options)
    policy = LocomotionPolicy(OnnxSession(options.locomotion or SHIPPED_LOCOMOTION))
    runtime = _open_model(options)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with ExitStack() as stack:
        bus = Bus(options.domain, options.interface)
        stack.callback(bus.close)
        link = Link(bus)
        check(link)
        ask(options.domain, yes=options.yes)
        stop = stack.enter_context(StopRequest())
        say = _silent if options.quiet else _print
        release_sport_mode(bus, link, required=options.domain != SIMULATION_DOMAIN, say=say)
        check(link)
        source = _source(options, policy, runtime, bus, stack)
        guard = watchdog.start(options.domain, options.interface)
        stack.callback(guard.dismiss)
        end = watchdog.WatchedStop(stop, guard)
        link.open()
        if stop.asked:
            return stop.exit_code
        say(f"standing up, then walking for {options.seconds:g} s; Ctrl-C lies down")
        hear_typed_words(source.hear, _print)
        walker = with_fall_response(policy) if options.fall_response else policy
        driven = Go2Driver(link, walker, source, end).run(options.seconds)
        print(report(driven, link), flush=True)
    if driven.fault is not None:
        print(f"stored {driven.last_seconds.store(options.trips, driven.fault)}", flush=True)
    if driven.error is not None or driven.fault is not None or end.lost:
        return 1
    return stop.exit_code if stop.asked else 0


def _stop(options: UnitreeDrive) -> int:
    """Stop a robot that something else moves, without taking it over; 0 where that is done."""
    bus = Bus(options.domain, options.interface)
    try:
        return 0 if stop_walking(bus, Link(bus), _print) else 1
    finally:
        bus.close()


def report(driven: DriveReport, link: Link) -> str:
    """Return how it went, in lines."""
    held = 1.0 - driven.missed / max(driven.ticks + driven.missed, 1)
    end = "lay down, then damped" if driven.landed else "damped without lying down first"
    lines = [
        f"walked for {driven.walked_s:.1f} s; {end}",
        f"commands: {link.sent} sent, {100 * held:.2f} % of the deadlines of 2 ms held",
        f"states: {link.states} received, {link.crc_errors} CRC errors",
    ]
    if driven.fault is not None:
        lines.append(f"safety monitor: {driven.fault.rule}: {driven.fault.reason}")
    if driven.error is not None:
        lines.append(f"broken off: {driven.error}")
    return "\n".join(lines)


def _check_options(options: UnitreeDrive) -> None:
    """Refuse options that contradict each other or lie out of range."""
    if bool(options.instruction) == (options.velocity is not None):
        raise CanterError(
            'give either an instruction ("go to the red ball") or --velocity VX VY WZ'
        )
    if not 0 < options.seconds <= LONGEST_S:
        raise CanterError(f"--seconds {options.seconds:g} is not within 0..{LONGEST_S:g}")


def _open_model(options: UnitreeDrive) -> VlaRuntime | None:
    if not options.instruction:
        return None
    runtime = VlaRuntime(options.vla or SHIPPED_VLA)
    hear(options.instruction, runtime.code.encode)
    return runtime


def _source(
    options: UnitreeDrive,
    policy: LocomotionPolicy,
    runtime: VlaRuntime | None,
    bus: Bus,
    stack: ExitStack,
) -> FixedVelocity | InstructedCommands:
    """Return who says where to walk."""
    if runtime is None:
        velocity = VelocityCommand(policy.contract.command_ranges)
        return FixedVelocity(velocity, options.velocity or (0.0, 0.0, 0.0))
    source = InstructedCommands(options.instruction, runtime, bus, _print)
    source.start()
    stack.callback(source.stop)
    return source


def _print(text: str) -> None:
    print(text, flush=True)


def _silent(_: str) -> None:
    """Say nothing."""
