"""Drives a Go2 motor by motor: stand up, walk, lie down, and damp, whatever happens on the way.

The one loop of `motor_loop` does it all; the policy runs in it, at its own rate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.controller_loop import Clocks
from canter.control.robot import GO2
from canter.control.safety.fall_response import FallResponse
from canter.control.safety.flight_recorder import Recording
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_monitor import Fault, SafetyLimits, SafetyMonitor
from canter.control.safety.watches import robot_watches
from canter.control.types import GaitCommand, JointCommand, RobotState
from canter.control.unitree.postures import stand_up
from canter.drivers.unitree.command_source import CommandSource, Stop
from canter.drivers.unitree.link import Link
from canter.drivers.unitree.motor_loop import HOLD_S, MotorLoop, Source

SETTLE_S = 0.6
"""Time in which a walking robot comes to rest before it lies down, s."""

LIMITS = SafetyLimits()
"""Where the safety monitor trips."""


@dataclass(frozen=True, slots=True)
class DriveReport:
    """How a drive went.

    Attributes:
        walked_s: time under the policy, s.
        landed: the robot lay down before it was damped.
        fault: why the safety monitor tripped, or None.
        error: what else broke it off, or None.
        ticks: of the loop.
        missed: deadlines of 2 ms that were not met.
        last_seconds: what the loop saw and sent in its last 10 s.
    """

    walked_s: float
    landed: bool
    fault: Fault | None
    error: CanterError | None
    ticks: int
    missed: int
    last_seconds: Recording


class Go2Driver:
    """One drive.

    Args:
        link: to a robot that was checked and whose sport mode is released.
        policy: of one robot; with or without a response to likely falls.
        source: says where to walk.
        stop: asked to, the robot lies down.
        clocks: the loop's times; monotonic if None.
    """

    def __init__(
        self,
        link: Link,
        policy: LocomotionPolicy | FallResponse,
        source: CommandSource,
        stop: Stop,
        clocks: Clocks | None = None,
    ) -> None:
        self._link, self._policy, self._source, self._stop = link, policy, source, stop
        monitor = SafetyMonitor(GO2, LIMITS, robot_watches(GO2, policy.contract.observation))
        self._motors = MotorLoop(link, monitor, clocks)
        self._now = self._motors.now
        self._walked_s = 0.0
        self._landed = False

    def run(self, seconds: float) -> DriveReport:
        """Stand up, walk for so long, lie down and damp; the last two on every way out."""
        error: CanterError | None = None
        motors = self._motors
        motors.restart()
        try:
            motors.state = self._link.wait(HOLD_S)
            motors.glide(stand_up(motors.state.q), lambda: self._stop.asked)
            self._policy.reset()
            self._walk(seconds)
        except CanterError as problem:
            error = problem
        finally:
            self._landed = motors.land()
        return DriveReport(
            self._walked_s,
            self._landed,
            motors.fault,
            error,
            motors.clock.ticks,
            motors.clock.missed,
            motors.recorder.take(),
        )

    def _over(self) -> bool:
        return self._stop.asked or self._motors.fault is not None

    def _walk(self, seconds: float) -> None:
        """Let the policy walk; it comes to rest before the time is over or when asked to stop."""
        walking, resting = self._policy_source(self._wanted), self._policy_source(_rest)
        begin = self._now()
        while (elapsed := self._now() - begin) < seconds and not self._over():
            self._motors.tick(walking)
            self._walked_s = elapsed
            if self._source.done:
                break
        begin = self._now()
        while self._now() - begin < SETTLE_S and self._motors.fault is None:
            self._motors.tick(resting)

    def _wanted(self, state: RobotState) -> GaitCommand:
        """Return what the source says; rest for as long as the safety monitor asks for it."""
        wanted = self._source.command(state)
        return wanted if self._motors.monitor.reaction is Reaction.GO else _rest(state)

    def _policy_source(self, gait_command: Callable[[RobotState], GaitCommand]) -> Source:
        """Return what asks the policy whenever its period is over, and repeats it in between."""
        period = self._policy.contract.control_period_s
        due = self._now()
        newest: JointCommand | None = None

        def source(state: RobotState) -> JointCommand:
            nonlocal due, newest
            now = self._now()
            if newest is None or now >= due:
                newest = self._policy.step(state, gait_command(state))
                due = max(due + period, now)
            return newest

        return source


def _rest(_: RobotState) -> GaitCommand:
    """Return the command to stand."""
    return GaitCommand()
