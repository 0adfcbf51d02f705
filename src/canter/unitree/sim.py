"""``canter unitree sim``: the simulated Go2 on the bus, in real time."""

import math
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack

import numpy as np

from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.loop.clock import LoopClock
from canter.control.loop.realtime import HIGHEST_PRIORITY, raise_threads
from canter.control.session import OnnxSession
from canter.control.stop import StopRequest
from canter.control.unitree import api
from canter.control.unitree.messages import (
    LOW_CMD,
    LOW_STATE,
    SPORT_MODE_STATE,
    WIRELESS_CONTROLLER,
)
from canter.control.unitree.postures import LYING_Q, STANDING_Q
from canter.drivers.unitree.bus import Bus, RecordReader, RecordWriter
from canter.drivers.unitree.rpc import Answer, Handler, Service
from canter.sim.instructions import instructed_scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.unitree.plant import Plant
from canter.sim.unitree.scene_plant import ScenePlant
from canter.sim.unitree.simulated_go2 import STEPS_PER_CONTROL, SimulatedGo2
from canter.sim.unitree.sport import Sport
from canter.unitree import camera
from canter.unitree.options import UnitreeSim

STATUS_PERIOD_S = 5.0
"""Time between two lines on the terminal, s."""
SWITCH_INTERVAL_S = 0.0005
"""How long another thread may keep the loop waiting for the interpreter, s."""
LEAVES_M, LEAVES_RAD = 0.15, 0.3
"""How far from its place, or turned, a robot has set out on its task; standing up moves it less."""
MOST_CAUGHT_UP = 50
"""Physics steps that are caught up with at most after a loop that came late."""


class Door:
    """A simulated Go2's topics and services.

    Args:
        bus: where.
        robot: the robot.
    """

    def __init__(self, bus: Bus, robot: SimulatedGo2) -> None:
        self._robot = robot
        self._commands = RecordReader(bus, api.LOW_CMD_TOPIC, LOW_CMD)
        self._states = RecordWriter(bus, api.LOW_STATE_TOPIC, LOW_STATE)
        self._sport_states = RecordWriter(bus, api.SPORT_STATE_TOPIC, SPORT_MODE_STATE)
        self._true_states = RecordWriter(bus, api.TRUE_STATE_TOPIC, SPORT_MODE_STATE)
        self._remote = RecordWriter(bus, api.WIRELESS_TOPIC, WIRELESS_CONTROLLER)
        handlers: Mapping[str, Handler] = {
            api.SPORT: self._ask_sport,
            api.MOTION_SWITCHER: lambda *asked: Answer(*robot.ask_switcher(*asked)),
        }
        self._services = [Service(bus, name, handler) for name, handler in handlers.items()]
        self._ticks = self._steps = 0
        self._start, self._left = robot.plant.pose, False

    def tick(self, now: float, steps: int = 1) -> None:
        """Advance the robot by 2 ms, with what came from the bus before and what it says after.

        Args:
            now: monotonic, s.
            steps: physics steps; more than one where ticks were lost.
        """
        for sample in self._commands.take():
            self._robot.receive(sample, now)
        for _ in range(steps):
            self._robot.tick(now)
            self._steps += 1
            if self._steps % STEPS_PER_CONTROL == 0 and isinstance(self._robot.plant, ScenePlant):
                self._judge(self._robot.plant)
        self._states.write(self._robot.low_state())
        self._sport_states.write(self._robot.sport_state())
        if isinstance(self._robot.plant, ScenePlant) and self._ticks % STEPS_PER_CONTROL == 0:
            self._true_states.write(self._robot.true_state())
        if self._ticks % STEPS_PER_CONTROL == 0:
            self._remote.write(WIRELESS_CONTROLLER.zeros())
            for service in self._services:
                service.poll()
        self._ticks += 1

    def _judge(self, plant: ScenePlant) -> None:
        """Let the task be judged from when the robot leaves its place: clients take their time."""
        way_x, way_y, turn = np.subtract(plant.pose, self._start)
        turned = abs(math.remainder(turn, 2 * math.pi)) > LEAVES_RAD
        self._left = self._left or turned or bool(np.hypot(way_x, way_y) > LEAVES_M)
        if not self._left:
            plant.begin()
        plant.check()

    def _ask_sport(self, number: int, parameter: str) -> Answer | None:
        answer = self._robot.ask_sport(number, parameter)
        return None if answer is None else Answer(*answer)


def main(options: UnitreeSim) -> int:
    """Run until the time is over or somebody stops it; return the exit code."""
    if not 0 <= options.priority <= HIGHEST_PRIORITY:
        raise CanterError(f"--priority {options.priority} is not within 0..{HIGHEST_PRIORITY}")
    policy = LocomotionPolicy(OnnxSession(options.locomotion or SHIPPED))
    sport = Sport(policy, LYING_Q if options.lying else STANDING_Q)
    plant = Plant(lying=options.lying)
    if options.instruction:
        scene = instructed_scene(options.instruction, SceneRequest(options.seed))
        plant = ScenePlant(scene, camera.of(options), lying=options.lying)
    robot = SimulatedGo2(plant, sport)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with ExitStack() as stack, StopRequest() as stop:
        bus = Bus(options.domain, options.interface)
        stack.callback(bus.close)
        if options.instruction:
            stack.callback(camera.start(options).dismiss)
        refusal = raise_threads(options.priority)
        if not options.quiet:
            if refusal:
                print(refusal, flush=True)
            print(f"a Go2 on DDS domain {options.domain}, {options.interface}", flush=True)
        clock = _run(options, Door(bus, robot), robot, stop)
    print(report(robot, clock), flush=True)
    if isinstance(plant, ScenePlant):
        print(f"the robot ended {outcome(plant)}", flush=True)
    return stop.exit_code if stop.asked else 0


def outcome(plant: ScenePlant) -> str:
    """Return how the task stands, in words."""
    result = plant.checker.result()
    done = "done" if result.strict else result.reason
    return f"{result.distance:.2f} m from what was named: {plant.scene.task} {done}"


def report(robot: SimulatedGo2, clock: LoopClock) -> str:
    """Return how it went, in lines."""
    refused = ", ".join(f"{reason} {n}" for reason, n in sorted(robot.refused.items())) or "none"
    held = 1.0 - clock.missed / max(clock.ticks + clock.missed, 1)
    return "\n".join(
        [
            f"ticks: {clock.ticks} of 2 ms, {100 * held:.2f} % of the deadlines held",
            f"low-level commands: {robot.accepted} accepted; refused: {refused}",
            f"damped for want of commands: {robot.damped} times"
            + (f", last after {1e3 * robot.damped_after_s:.0f} ms" if robot.damped else ""),
        ]
    )


def _run(options: UnitreeSim, door: Door, robot: SimulatedGo2, stop: StopRequest) -> LoopClock:
    """Tick in real time: after lost ticks the physics catches up, for a robot waits for nobody."""
    clock = LoopClock(api.LOW_LEVEL_PERIOD_S)
    begin = shown = time.monotonic()
    steps = 1
    while not stop.asked:
        now = time.monotonic()
        if options.seconds and now - begin >= options.seconds:
            break
        door.tick(now, steps)
        if now - shown >= STATUS_PERIOD_S and not options.quiet:
            shown = now
            print(report(robot, clock), flush=True)
        missed = clock.missed
        clock.wait()
        lost = max(clock.missed - missed - 1, 0)
        steps = 1 + min(lost, MOST_CAUGHT_UP)
    return clock
