"""A simulated robot without a bus, in simulated time, for whoever drives it through a link."""

from collections.abc import Callable
from typing import Any, cast

from canter.control.impedance import DAMPING_KD
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.loop.controller_loop import Clocks
from canter.control.safety.fall_response import FallResponse
from canter.control.session import OnnxSession
from canter.control.stop import StopRequest
from canter.control.types import GaitCommand, JointCommand, RobotState
from canter.control.unitree import api, low_cmd
from canter.control.unitree.low_state import robot_state
from canter.control.unitree.messages import LOW_CMD
from canter.control.unitree.postures import LYING_Q
from canter.drivers.unitree.go2_driver import DriveReport, Go2Driver
from canter.sim.unitree.plant import Plant
from canter.sim.unitree.simulated_go2 import SimulatedGo2
from canter.sim.unitree.sport import Sport

STEP = api.LOW_LEVEL_PERIOD_S


class World:
    """A released robot, a link to it, a source, and a clock that goes when somebody sleeps.

    Attributes:
        events: what happens at the first poll after a time, s; each happens once.
    """

    done = False

    def __init__(self) -> None:
        policy = LocomotionPolicy(OnnxSession(SHIPPED))
        self.robot = SimulatedGo2(Plant(lying=True), Sport(policy, LYING_Q))
        self.robot.ask_switcher(api.RELEASE_MODE, "")
        self.time = self.ticked = 1000.0
        self.silent = False
        self.sent: list[JointCommand] = []
        self.events: list[tuple[float, Callable[[], None]]] = []
        self.stop = StopRequest()
        self.problem: Exception | None = None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def poll(self, now: float) -> RobotState | None:
        while self.events and now - 1000.0 >= self.events[0][0]:
            self.events.pop(0)[1]()
        new = False
        while self.ticked + STEP <= now + 1e-9:
            self.ticked += STEP
            self.robot.tick(self.ticked)
            new = True
        return robot_state(self.robot.low_state(), now) if new and not self.silent else None

    def wait(self, _: float) -> RobotState:
        return robot_state(self.robot.low_state(), self.time)

    def send(self, command: JointCommand) -> None:
        self.sent.append(command)
        self.robot.receive(LOW_CMD.to_wire(low_cmd.from_joint_command(command)), self.time)

    def command(self, _: RobotState) -> GaitCommand:
        if self.problem is not None:
            raise self.problem
        return GaitCommand(vx=0.5)

    def run(self, seconds: float = 2.0) -> DriveReport:
        policy = FallResponse(LocomotionPolicy(OnnxSession(SHIPPED)))
        return Go2Driver(cast(Any, self), policy, self, self.stop, self.clocks).run(seconds)

    @property
    def clocks(self) -> Clocks:
        """The clock that goes when somebody sleeps."""
        return Clocks(stamp=self.now, now=self.now, sleep=self.sleep)

    @property
    def record(self) -> Any:  # noqa: ANN401 - of a packed structure
        """What the robot says now."""
        return self.robot.low_state()

    @property
    def height(self) -> float:
        return float(self.robot.plant.position_w[2])

    def damped_ticks(self) -> int:
        """How many of the last commands were damping, and nothing else."""
        count = 0
        for command in reversed(self.sent):
            if command.kp.any() or (command.kd != DAMPING_KD).any():
                break
            count += 1
        return count
