"""The loop at 500 Hz that every low-level client of a Go2 is: state, command, safety, motors.

It runs on absolute deadlines in the thread that calls it.
"""

from collections.abc import Callable

from canter.control.impedance import damping_command
from canter.control.loop.clock import LoopClock
from canter.control.loop.controller_loop import Clocks, ControllerLoop
from canter.control.robot import GO2
from canter.control.safety.flight_recorder import LastSeconds
from canter.control.safety.safety_monitor import Fault, SafetyMonitor
from canter.control.types import JointCommand, RobotState
from canter.control.unitree.api import LOW_LEVEL_PERIOD_S
from canter.control.unitree.postures import Glide, lie_down
from canter.drivers.unitree.link import Link

HOLD_S = 0.3
"""Time in a posture at the end of the way to it, s."""
DAMP_S = 1.0
"""How long the joints are damped at the end, s."""

Source = Callable[[RobotState], JointCommand]


class MotorLoop:
    """One client's loop.

    Args:
        link: to a robot that was checked and whose sport mode is released.
        monitor: sees every command.
        clocks: the loop's times; monotonic if None.

    Attributes:
        state: the newest measurement, None before the first.
        clock: its deadlines.
        recorder: of the last seconds.
    """

    def __init__(self, link: Link, monitor: SafetyMonitor, clocks: Clocks | None = None) -> None:
        self._link, self._clocks = link, clocks or Clocks()
        self.now = self._clocks.now
        self.recorder = LastSeconds(GO2, 1 / LOW_LEVEL_PERIOD_S)
        self._loop = ControllerLoop(
            GO2, link.send, monitor, clocks=self._clocks, recorder=self.recorder
        )
        self.state: RobotState | None = None
        self.restart()

    @property
    def fault(self) -> Fault | None:
        """The fault that is latched, None while there is none."""
        return self._loop.fault

    @property
    def monitor(self) -> SafetyMonitor:
        """The safety monitor."""
        return self._loop.monitor

    def restart(self) -> None:
        """Begin the grid of deadlines now."""
        self.clock = LoopClock(LOW_LEVEL_PERIOD_S, self.now, self._clocks.sleep)

    def reset(self) -> Fault | None:
        """Clear the fault and return it; for a person who has seen the robot."""
        return self._loop.reset()

    def tick(self, source: Source) -> bool:
        """Do one tick of the loop; tell whether a state came with it."""
        state = self._link.poll(self.now())
        if state is not None:
            self.state = state
            self._loop.put_state(state)
        if self.state is not None:
            self._loop.put_command(source(self.state))
        self._loop.tick()
        self.clock.wait()
        return state is not None

    def glide(self, glide: Glide, stopped: Callable[[], bool] | None = None) -> None:
        """Follow a motion to its end, or until a fault, or until ``stopped``."""
        begin = self.now()
        while self.now() - begin < glide.duration + HOLD_S:
            if self.fault is not None or (stopped is not None and stopped()):
                return
            self.tick(lambda _: glide.command(self.now() - begin, self.now()))

    def land(self) -> bool:
        """Lie down if the robot is upright and answers, then damp in any case.

        Returns:
            Whether it lay down before it was damped.
        """
        landed = False
        if self.state is not None and self.fault is None:
            self.glide(lie_down(self.state.q))
            landed = self.fault is None
        self.damp()
        return landed

    def damp(self) -> None:
        """Damp the joints for DAMP_S."""
        begin = self.now()
        while self.now() - begin < DAMP_S:
            self._link.send(damping_command(GO2, self.now()))
            self.clock.wait()
