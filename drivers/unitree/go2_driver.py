"""Drives a Go2 motor by motor: stand up, walk, lie down, and damp, whatever happens on the way.

One loop at 500 Hz on absolute deadlines does it all: newest state, the phase's joint command, the
safety monitor, the motors. The policy runs in it, at its own rate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from canter.control.errors import CanterError
from canter.control.impedance import damping_command
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.clock import LoopClock
from canter.control.loop.controller_loop import Clocks, ControllerLoop
from canter.control.robot import GO2
from canter.control.safety.fall_response import FallResponse
from canter.control.safety.flight_recorder import LastSeconds, Recording
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_monitor import Fault, SafetyLimits, SafetyMonitor
from canter.control.safety.watches import robot_watches
from canter.control.types import GaitCommand, JointCommand, RobotState
from canter.control.unitree.api import LOW_LEVEL_PERIOD_S
from canter.control.unitree.postures import Glide, lie_down, stand_up
from canter.drivers.unitree.command_source import CommandSource, Stop
from canter.drivers.unitree.link import Link

HOLD_S = 0.3
"""Time in the stance before the policy takes over, s."""
SETTLE_S = 0.6
"""Time in which a walking robot comes to rest before it lies down, s."""
DAMP_S = 1.0
"""How long the joints are damped at the end, s."""

LIMITS = SafetyLimits()
"""Where the safety monitor trips."""

Source = Callable[[RobotState], JointCommand]


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
        self._clocks = clocks or Clocks()
        self._now = self._clocks.now
        self._recorder = LastSeconds(GO2, 1 / LOW_LEVEL_PERIOD_S)
        self._loop = ControllerLoop(
            GO2,
            link.send,
            SafetyMonitor(GO2, LIMITS, robot_watches(GO2, policy.contract.observation)),
            clocks=self._clocks,
            recorder=self._recorder,
        )
        self._clock = self._new_clock()
        self._state: RobotState | None = None
        self._walked_s = 0.0
        self._landed = False

    def run(self, seconds: float) -> DriveReport:
        """Stand up, walk for so long, lie down and damp; the last two on every way out."""
        error: CanterError | None = None
        self._clock = self._new_clock()
        try:
            self._state = self._link.wait(HOLD_S)
            self._glide(stand_up(self._state.q), stoppable=True)
            self._policy.reset()
            self._walk(seconds)
        except CanterError as problem:
            error = problem
        finally:
            self._land()
        return DriveReport(
            self._walked_s,
            self._landed,
            self._loop.fault,
            error,
            self._clock.ticks,
            self._clock.missed,
            self._recorder.take(),
        )

    def _new_clock(self) -> LoopClock:
        return LoopClock(LOW_LEVEL_PERIOD_S, self._now, self._clocks.sleep)

    def _tick(self, source: Source) -> None:
        """Do one tick of the loop."""
        state = self._link.poll(self._now())
        if state is not None:
            self._state = state
            self._loop.put_state(state)
        if self._state is not None:
            self._loop.put_command(source(self._state))
        self._loop.tick()
        self._clock.wait()

    def _over(self) -> bool:
        return self._stop.asked or self._loop.fault is not None

    def _glide(self, glide: Glide, *, stoppable: bool) -> None:
        """Follow a motion to its end, or until a fault; a request to stop ends it if stoppable."""
        begin = self._now()
        while self._now() - begin < glide.duration + HOLD_S:
            if self._loop.fault is not None or (stoppable and self._stop.asked):
                return
            self._tick(lambda _: glide.command(self._now() - begin, self._now()))

    def _walk(self, seconds: float) -> None:
        """Let the policy walk; it comes to rest before the time is over or when asked to stop."""
        walking, resting = self._policy_source(self._wanted), self._policy_source(_rest)
        begin = self._now()
        while (elapsed := self._now() - begin) < seconds and not self._over():
            self._tick(walking)
            self._walked_s = elapsed
            if self._source.done:
                break
        begin = self._now()
        while self._now() - begin < SETTLE_S and self._loop.fault is None:
            self._tick(resting)

    def _wanted(self, state: RobotState) -> GaitCommand:
        """Return what the source says; rest for as long as the safety monitor asks for it."""
        wanted = self._source.command(state)
        return wanted if self._loop.monitor.reaction is Reaction.GO else _rest(state)

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

    def _land(self) -> None:
        """Lie down if the robot is upright and answers, then damp in any case."""
        if self._state is not None and self._loop.fault is None:
            self._glide(lie_down(self._state.q), stoppable=False)
            self._landed = self._loop.fault is None
        begin = self._now()
        while self._now() - begin < DAMP_S:
            self._link.send(damping_command(GO2, self._now()))
            self._clock.wait()


def _rest(_: RobotState) -> GaitCommand:
    """Return the command to stand."""
    return GaitCommand()
