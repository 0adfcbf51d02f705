"""The motor loop: newest state, newest joint command, safety monitor, motors; 500 Hz, own thread.

Whoever runs other Python threads in the same process should lower `sys.setswitchinterval` to about
0.5 ms: at Python's default of 5 ms a busy thread makes the loop miss deadlines of 2 ms.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from canter.control.last_seconds import LastSeconds
from canter.control.robot import RobotSpec
from canter.control.safety import Fault, SafetyMonitor
from canter.control.types import JointCommand, RobotState

RATE_HZ = 500.0
STOP_S = 0.05
"""How long `stop` waits for the last tick, s."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The loop's times.

    Attributes:
        stamp: clock of `RobotState.time` and `JointCommand.valid_until`, s; the ROS clock where
            time is simulated.
        now: monotonic clock that paces the loop and takes the age of arrivals, s.
        sleep: waits for so many seconds of `now`.
    """

    stamp: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class LoopStatistics:
    """What the loop did since `start`.

    Attributes:
        ticks: ticks begun.
        missed: deadlines that had passed before the loop was ready for them.
        held_fraction: deadlines that were met, of all, 0..1.
        lateness_ms: "p50", "p99" (latest 4096 ticks) and "max" (of all): how late ticks began, ms.
        waiting: ticks damped for want of a first state or command.
        passed: ticks whose command passed the monitor.
        holding: ticks that held an expired command.
        damped: ticks damped for a fault.
        errors: exceptions in a tick, of the output callback for instance.
        stages: n, p50, p95, p99, max of "tick", "check", "send", "record", ms.
    """

    ticks: int
    missed: int
    held_fraction: float
    lateness_ms: dict[str, float]
    waiting: int
    passed: int
    holding: int
    damped: int
    errors: int
    stages: dict[str, dict[str, float]]


class ControllerLoop:
    """Sends one motor command each period, whatever else happens: the newest joint command if the
    safety monitor lets it pass, a hold for one tick after it expired, damping otherwise.

    Until a first state and a first command have arrived it damps, without a fault. An exception
    in a tick, of the output callback above all, latches a fault; the loop goes on and damps.

    Attributes:
        monitor: the safety monitor; use `trip` and `reset` of the loop while it runs.
    """  # noqa: D205

    def __init__(
        self,
        spec: RobotSpec,
        send: Callable[[JointCommand], None],
        monitor: SafetyMonitor | None = None,
        *,
        rate_hz: float = RATE_HZ,
        clocks: Clocks | None = None,
        recorder: LastSeconds | None = None,
    ) -> None:
        """Prepare the loop; `start` starts it.

        Args:
            spec: the robot.
            send: gives a command to the motors; called in the loop's thread, must not block.
            monitor: the safety monitor; one with default limits if None.
            rate_hz: ticks a second, 1/s.
            clocks: the loop's times; monotonic if None.
            recorder: takes what every tick saw and sent; `recorder.take()` after a fault.

        Raises:
            CanterError: the rate is not positive.
        """
        raise NotImplementedError

    @property
    def fault(self) -> Fault | None:
        """The fault that is latched, None while there is none."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether the thread runs."""
        raise NotImplementedError

    def put_state(self, state: RobotState) -> None:
        """Hand over a measurement that arrived now; from any thread, never blocks."""
        raise NotImplementedError

    def put_command(self, command: JointCommand) -> None:
        """Hand over a joint command; from any thread, never blocks."""
        raise NotImplementedError

    def start(self) -> None:
        """Forget states and commands and start the thread; raises CanterError if it runs."""
        raise NotImplementedError

    def stop(self) -> bool:
        """Stop with a last damping command, within 50 ms; also fine when it does not run.

        Returns:
            Whether the thread ended; False where the output callback blocks.
        """
        raise NotImplementedError

    def trip(self, reason: str) -> None:
        """Damp from the next tick on, for a reason found elsewhere."""
        raise NotImplementedError

    def reset(self) -> Fault | None:
        """Clear the fault and return it; only ever called for a person who has seen the robot.

        States and commands from before are forgotten: the robot is damped until new ones arrive.
        """
        raise NotImplementedError

    def tick(self) -> JointCommand:
        """Do one tick without waiting for its time, as the thread does; return what was sent."""
        raise NotImplementedError

    def statistics(self) -> LoopStatistics:
        """Return what the loop did since `start`."""
        raise NotImplementedError
