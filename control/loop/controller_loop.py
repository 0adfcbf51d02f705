"""The motor loop: newest state, newest command, adapter, safety monitor, motors; 500 Hz, a thread.

Whoever runs other Python threads in the same process should lower `sys.setswitchinterval` to about
0.5 ms: at Python's default of 5 ms a busy thread makes the loop miss deadlines of 2 ms.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from canter.control.adaptation.adapter import GainAdapter
from canter.control.errors import CanterError
from canter.control.impedance import JOINT_VALID_S, damping_command
from canter.control.loop.clock import LoopClock
from canter.control.loop.loop_statistics import LoopCounts, LoopStatistics
from canter.control.robot import RobotSpec
from canter.control.safety.flight_recorder import LastSeconds
from canter.control.safety.safety_monitor import Fault, SafetyMonitor
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


class ControllerLoop:
    """Sends one motor command each period, whatever else happens.

    That is the newest joint command if the safety monitor lets it pass, a hold for one tick after
    it expired, and damping otherwise. Until a first state and a first command have arrived it
    damps, without a fault. An exception in a tick, of the output callback above all, latches a
    fault; the loop goes on and damps.

    Attributes:
        monitor: the safety monitor; use `trip` and `reset` of the loop while it runs.
        adapter: changes each command before the monitor sees it; None changes nothing. Set it
            before `start`. What it raises latches a fault; a reset of the loop resets it too.
    """

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
        if not (math.isfinite(rate_hz) and rate_hz > 0):
            raise CanterError(f"loop rate is {rate_hz} Hz; it must be positive, such as 500")
        self.monitor = monitor or SafetyMonitor(spec)
        self.adapter: GainAdapter | None = None
        self._adapted_at: float | None = None
        self._spec, self._send, self._recorder = spec, send, recorder
        self._period = 1 / rate_hz
        self._clocks = clocks or Clocks()
        self._state: tuple[RobotState, float, bool] | None = None  # with arrival, and obeyed
        self._command: JointCommand | None = None
        self._stamp = self._clocks.stamp()
        self._lock = threading.Lock()  # around the monitor alone; the hand-over needs none
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._counts = LoopCounts()

    @property
    def fault(self) -> Fault | None:
        """The fault that is latched, None while there is none."""
        return self.monitor.fault

    @property
    def running(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def put_state(self, state: RobotState, *, obeyed: bool = True) -> None:
        """Hand over a measurement that arrived now; from any thread, never blocks.

        Args:
            state: the measurement.
            obeyed: the motors followed a command of this loop's, and a prompt one, at that time.
        """
        self._state = (state, self._clocks.now(), obeyed)

    def put_command(self, command: JointCommand) -> None:
        """Hand over a joint command; from any thread, never blocks."""
        self._command = command

    def start(self) -> None:
        """Forget states and commands and start the thread; raises CanterError if it runs."""
        if self.running:
            raise CanterError("the controller loop runs already; stop it first")
        self._forget()
        self._counts = LoopCounts()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="controller", daemon=True)
        self._thread.start()

    def stop(self) -> bool:
        """Stop with a last damping command, within 50 ms; also fine when it does not run.

        Returns:
            Whether the thread ended; False where the output callback blocks.
        """
        thread = self._thread
        if thread is None:
            return True
        self._stopping.set()
        thread.join(STOP_S)
        return not thread.is_alive()

    def trip(self, reason: str) -> None:
        """Damp from the next tick on, for a reason found elsewhere."""
        with self._lock:
            self.monitor.trip(reason, self._stamp)

    def reset(self) -> Fault | None:
        """Clear the fault and return it; only ever called for a person who has seen the robot.

        States and commands from before are forgotten: the robot is damped until new ones arrive.
        """
        with self._lock:
            fault = self.monitor.reset()
            self._forget()
            return fault

    def tick(self) -> JointCommand:
        """Do one tick without waiting for its time, as the thread does; return what was sent.

        Damping is sent in place of a command that could not be worked out.
        """
        timers = self._counts.timers
        command: JointCommand | None = None
        state = self._state
        with timers("tick"):
            with self._latched("the check"), timers("check"):
                command = self._decide(state)
            if command is None:
                command = damping_command(self._spec, self._stamp)
            with self._latched("the output"), timers("send"):
                self._send(command)
            if self._recorder is not None and state is not None:
                with self._latched("the recorder"), timers("record"):
                    self._recorder.push(state[0], command, self._clocks.now())
        return command

    def statistics(self) -> LoopStatistics:
        """Return what the loop did since `start`."""
        return self._counts.statistics()

    def _decide(self, given: tuple[RobotState, float, bool] | None) -> JointCommand:
        """Return what to send now, of what was handed over."""
        counts, now = self._counts, self._clocks.stamp()
        self._stamp = now
        with self._lock:
            command = self._command  # within the lock: none from before a reset
            if given is None or command is None:
                counts.waiting += 1
                return self._rest(now)
            state, arrived, obeyed = given
            command = self._adapted(state, command, now)
            age = self._clocks.now() - arrived
            decided = self.monitor.check(state, command, now, age, obeyed=obeyed)
            if self.monitor.fault is not None:
                counts.damped += 1
            elif self.monitor.holding:
                counts.holding += 1
            else:
                counts.passed += 1
        return decided

    def _adapted(self, state: RobotState, command: JointCommand, now: float) -> JointCommand:
        """Return the command as the adapter changes it; as it is while a fault is latched."""
        if self.adapter is None or self.monitor.fault is not None:
            return command
        last = now - self._period if self._adapted_at is None else self._adapted_at
        self._adapted_at = now
        return self.adapter.adapt(state, command, min(max(now - last, 0.0), JOINT_VALID_S))

    def _rest(self, now: float) -> JointCommand:
        """Return damping, from which the gains of the next command rise."""
        damping = damping_command(self._spec, now)
        self.monitor.slew_from(damping, now)
        return damping

    def _forget(self) -> None:
        """Wait for new states and commands."""
        self._state = self._command = None
        if self.adapter is not None:
            self.adapter.reset()
        self._adapted_at = None
        self._rest(self._stamp)

    def _run(self) -> None:
        """Tick on the grid of deadlines until asked to stop; the last command damps."""
        try:
            clock = LoopClock(self._period, self._clocks.now, self._clocks.sleep)
            while not self._stopping.is_set():
                self.tick()
                self._counts.wait(clock)
        finally:
            if not self._stopping.is_set():
                self.trip("the loop's thread ended by itself")
            with self._latched("the output"):
                self._send(damping_command(self._spec, self._stamp))

    def _latched(self, what: str) -> "_Latch":
        return _Latch(self, what)

    def _failed(self, what: str, error: Exception) -> None:
        """Latch what went wrong in a tick."""
        self._counts.errors += 1
        self.trip(f"{what} raised {type(error).__name__}: {error}")


class _Latch:
    """Turns an exception within it into a latched fault, so that the loop lives on to damp.

    The callback is foreign code and may raise anything; a loop that ended for it would leave the
    motors with their last command.
    """

    __slots__ = ("_loop", "_what")

    def __init__(self, loop: ControllerLoop, what: str) -> None:
        self._loop, self._what = loop, what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self._loop._failed(self._what, error)
        return True
