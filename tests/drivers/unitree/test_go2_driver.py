"""Every way out of a drive, on a simulated robot without a bus, in simulated time."""

import numpy as np
import pytest

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed")

from canter.control.errors import CanterError
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_limits import Finding
from canter.control.types import JointCommand, RobotState
from canter.drivers.unitree.motor_loop import DAMP_S
from tests.drivers.unitree.world import STEP, World


@pytest.fixture
def world() -> World:
    return World()


def ended_softly(world: World) -> bool:
    return world.height < 0.12 and world.damped_ticks() >= DAMP_S / STEP - 1


def test_a_whole_drive(world: World) -> None:
    driven = world.run(3.0)
    assert driven.landed
    assert driven.fault is None
    assert driven.error is None
    assert driven.walked_s == pytest.approx(3.0, abs=0.01)
    assert driven.missed == 0
    assert world.robot.plant.position_w[0] > 1.0
    assert ended_softly(world)
    assert not world.robot.refused
    assert world.robot.damped == 0
    gaps = np.abs(np.diff([command.q_target for command in world.sent if command.kp.any()], axis=0))
    assert gaps.max() < 1.5  # the policy's own steps are the largest


class Wary:
    """A watch that asks for rest from one time to another.

    Args:
        begin: from when, s.
        end: until when, s.
    """

    def __init__(self, begin: float, end: float) -> None:
        self.begin, self.end = begin, end

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        del state, command
        if not self.begin <= now < self.end:
            return None
        return Finding(Reaction.SETTLE, "wary", "it is windy")

    def forget(self) -> None:
        """It has no memory."""


def test_it_stands_for_as_long_as_the_monitor_asks_for_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "canter.drivers.unitree.go2_driver.robot_watches", lambda *_: (Wary(1004.0, 1005.0),)
    )
    places: list[float] = []
    for at in (3.5, 4.0, 5.0, 6.0, 6.5, 7.0):
        world.events.append((at, lambda: places.append(world.robot.plant.position_w[0])))
    driven = world.run(6.0)
    assert driven.fault is None
    assert driven.landed
    steps = np.diff(places)
    assert steps[0] > 0.1  # 0.5 m/s for 0.5 s
    assert abs(steps[2]) < 0.1  # rest is asked for until a second after the watch last did
    assert steps[4] > 0.1


@pytest.mark.parametrize("at", [0.3, 1.5, 3.5, 4.5])
def test_stopped_at_any_time_it_lies_down(world: World, at: float) -> None:
    world.events.append((at, world.stop.ask))
    driven = world.run(60.0)
    assert driven.landed
    assert driven.fault is None
    assert ended_softly(world)
    assert world.time - 1000.0 < at + 5.0


def test_an_error_of_ours_lies_down(world: World) -> None:
    world.events.append((4.0, lambda: setattr(world, "problem", CanterError("the camera broke"))))
    driven = world.run(60.0)
    assert driven.error is not None
    assert driven.landed
    assert ended_softly(world)


def test_an_error_that_nobody_thought_of_lies_down_too(world: World) -> None:
    world.events.append((4.0, lambda: setattr(world, "problem", ZeroDivisionError("a bug"))))
    with pytest.raises(ZeroDivisionError):
        world.run(60.0)
    assert ended_softly(world)


def test_a_robot_that_falls_silent_is_damped(world: World) -> None:
    world.events.append((4.0, lambda: setattr(world, "silent", True)))
    driven = world.run(60.0)
    assert driven.fault is not None
    assert driven.fault.rule in {"stale state", "expired command"}  # made from a state too old
    assert driven.fault.time - 1004.0 < 0.08
    assert not driven.landed
    assert world.damped_ticks() >= DAMP_S / STEP - 1


def test_a_robot_that_falls_over_is_damped(world: World) -> None:
    def tip_over() -> None:
        world.robot.plant.data.qvel[:6] = [0.0, 0.0, 2.0, 12.0, 0.0, 0.0]

    world.events.append((4.0, tip_over))
    driven = world.run(60.0)
    assert driven.fault is not None
    assert driven.fault.rule == "tilt"
    now = driven.last_seconds.values["now"]
    assert now[0] == pytest.approx(1000.0, abs=0.1)
    assert now[-1] == pytest.approx(driven.fault.time, abs=0.01)
    assert not driven.last_seconds.values["command_kp"][-1].any()
    assert driven.last_seconds.values["command_kp"][-20].all()
    assert not driven.landed
    assert world.damped_ticks() >= DAMP_S / STEP - 1
    assert world.time - 1000.0 < 7.0


def test_a_guide_that_is_there_ends_the_walk(world: World) -> None:
    world.events.append((4.5, lambda: setattr(world, "done", True)))
    driven = world.run(60.0)
    assert driven.landed
    assert 0.5 < driven.walked_s < 3.0
