"""The driver's end on the robot's bus, in simulated time: it follows, refuses, lands and damps."""

import socket
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
import pytest

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed")

from canter.control.errors import CanterError
from canter.control.types import JointCommand
from canter.control.unitree.low_state import robot_state
from canter.control.unitree.postures import stand_up
from canter.drivers.unitree.bridge_client import MotorBridge
from canter.drivers.unitree.bridge_wire import (
    Kind,
    Measured,
    Wire,
    command_from_bytes,
    command_to_bytes,
)
from canter.drivers.unitree.motor_bridge import FRESH_S, Drive, measured
from canter.drivers.unitree.motor_loop import DAMP_S
from tests.drivers.unitree.world import STEP, World

START = 1000.0
STANDS_S = 3.2
"""When the robot has stood up, s."""


class Guard:
    """A watchdog's process."""

    alive = True


class Commander:
    """Whoever commands the robot, at the other end of the wire, in the robot's time.

    Attributes:
        told: what came back, by kind.
        act: done at each tick, with the time since the start, s.
    """

    def __init__(self) -> None:
        self.world = World()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.wire, self._theirs = Wire(ours), Wire(theirs)
        self.guard = Guard()
        self.told: list[tuple[Kind, bytes]] = []
        self.acts: list[Callable[[float], None]] = []
        self._glide = stand_up(self.world.wait(0.0).q)
        self._poll = self.world.poll
        cast(Any, self.world).poll = self.poll

    def poll(self, now: float) -> Any:  # noqa: ANN401 - as a link's
        for act in self.acts:
            act(now - START)
        if not self.wire.closed:
            self.told += self.wire.take()
        return self._poll(now)

    def stand_up(self, elapsed: float) -> None:
        command = self._glide.command(elapsed, START + elapsed)
        self.wire.send(Kind.COMMAND, command_to_bytes(command, 7.0 + elapsed))

    def drive(self) -> None:
        Drive(
            self._theirs, cast(Any, self.world), cast(Any, self.guard), clocks=self.world.clocks
        ).run()
        if not self.wire.closed:
            self.told += self.wire.take()

    def close(self) -> None:
        self.wire.close()
        self._theirs.close()

    def faults(self) -> list[str]:
        return [content.decode() for kind, content in self.told if kind is Kind.FAULT]


@pytest.fixture
def commander() -> Iterator[Commander]:
    made = Commander()
    yield made
    made.close()


def once(at: float, act: Callable[[], None]) -> Callable[[float], None]:
    """Return what acts at one time, s."""
    waiting = [act]
    return lambda elapsed: waiting.pop()() if waiting and elapsed >= at else None


def damped(world: World) -> bool:
    return world.height < 0.12 and world.damped_ticks() >= DAMP_S / STEP - 1


def test_it_stands_up_as_told_lands_softly_and_damps(commander: Commander) -> None:
    heights: list[float] = []
    commander.acts += [
        commander.stand_up,
        once(STANDS_S, lambda: heights.append(commander.world.height)),
        once(STANDS_S, lambda: commander.wire.send(Kind.LAND)),
    ]
    commander.drive()
    assert heights[0] > 0.25
    assert damped(commander.world)
    assert not commander.faults()
    glides = [command.kp.max() for command in commander.world.sent[round(3.5 / STEP) :]]
    assert glides[0] == 60.0  # it sank on stiff legs before it was damped
    states = [Measured.from_bytes(c) for kind, c in commander.told if kind is Kind.MEASURED]
    assert len(states) > 1500
    assert np.diff([it.state.time for it in states]).max() < 0.01
    assert states[1000].follows == pytest.approx(7.0 + 2.0, abs=0.1)
    assert (states[0].charge, states[0].temperatures.tolist()) == (0.8, [30.0] * 12)


def test_commands_that_cease_are_followed_no_longer_until_a_reset(commander: Commander) -> None:
    silence, reset = 3.0, 4.0
    commander.acts += [
        lambda t: commander.stand_up(t) if t < silence or t > reset else None,
        once(reset, lambda: commander.wire.send(Kind.RESET)),
        once(reset + 0.5, lambda: commander.wire.send(Kind.LAND)),
    ]
    commander.drive()
    assert [fault.partition(":")[0] for fault in commander.faults()] == ["expired command"]
    stiff = [START + i * STEP for i, it in enumerate(commander.world.sent) if it.kp.any()]
    pause = [t for t in stiff if silence < t - START < reset]
    assert max(pause) - START - silence < FRESH_S + 0.01
    assert any(reset < t - START < reset + 0.5 for t in stiff)  # after the reset it follows again


def test_a_commander_that_is_gone_leaves_a_damped_robot(commander: Commander) -> None:
    commander.acts += [
        lambda t: commander.stand_up(t) if t < STANDS_S else None,
        once(STANDS_S, commander.wire.close),  # and nothing moves this world while it damps
    ]
    commander.drive()
    assert commander.world.damped_ticks() >= DAMP_S / STEP - 1
    last_stiff = max(i for i, it in enumerate(commander.world.sent) if it.kp.any())
    assert last_stiff * STEP < STANDS_S + 0.01


def test_without_a_watchdog_it_lies_down_and_says_so(commander: Commander) -> None:
    commander.acts += [
        commander.stand_up,
        once(STANDS_S, lambda: setattr(commander.guard, "alive", False)),
    ]
    with pytest.raises(CanterError, match="watchdog process has ended"):
        commander.drive()
    assert damped(commander.world)


def test_the_wire_keeps_every_number() -> None:
    rng = np.random.default_rng(1)
    world = World()
    q, kp, kd, tau = rng.normal(size=(4, 12))
    given = JointCommand(q, kp, kd, tau, valid_until=0.0)
    read, stamp = command_from_bytes(command_to_bytes(given, 5.25), 9.0)
    assert (stamp, read.valid_until) == (5.25, 9.0)
    for name in ("q_target", "kp", "kd", "tau_ff"):
        assert np.array_equal(getattr(read, name), getattr(given, name))
    state = robot_state(world.record, 3.5)
    said = measured(cast(Any, world), state, 1.5)
    back = Measured.from_bytes(said.to_bytes())
    assert back.state.time == 3.5
    for name in ("q", "qd", "tau", "quat", "gyro", "accel", "foot_contact"):
        assert np.array_equal(getattr(back.state, name), getattr(state, name))
    assert (back.follows, back.voltage) == (1.5, said.voltage)
    with pytest.raises(CanterError, match="one version"):
        Measured.from_bytes(b"short")


def test_what_finds_no_room_is_dropped_and_a_closed_wire_is_noticed() -> None:
    ours, theirs = (Wire(end) for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    for _ in range(100_000):
        ours.send(Kind.SAYS, "x" * 4000)
        if ours.dropped:
            break
    assert ours.dropped == 1
    assert next(theirs.take()) == (Kind.SAYS, b"x" * 4000)
    ours.close()
    assert all(kind is Kind.SAYS for kind, _ in theirs.take())
    assert theirs.closed
    theirs.close()


def test_an_interface_that_is_none_is_told_in_one_sentence() -> None:
    with pytest.raises(CanterError, match="cannot join DDS domain 1 on interface 'nowhere0'"):
        MotorBridge(1, "nowhere0", 500.0, 0, print)
