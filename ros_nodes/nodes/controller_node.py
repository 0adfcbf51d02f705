"""Joint commands in, motor commands out at 500 Hz, past the safety monitor."""

import time
from pathlib import Path
from typing import NoReturn

from std_msgs.msg import Empty, Float64MultiArray, UInt8

from canter.control.adaptation.controller_presets import make_adapter
from canter.control.impedance import damping_command
from canter.control.loop.controller_loop import Clocks, ControllerLoop
from canter.control.safety.flight_recorder import LastSeconds
from canter.control.safety.heartbeat import Pulse, Reaction
from canter.control.safety.safety_monitor import Fault, SafetyLimits, SafetyMonitor
from canter.control.safety.watches import robot_watches
from canter.control.types import JointCommand
from canter.ros_nodes.commands.safety_link import SafetyLink
from canter.ros_nodes.commands.steady import SteadyFlow
from canter.ros_nodes.commands.stop_logic import REACTION
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.graph.robot_setting import robot_of
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.arrivals import StampGate

PROMPT_S = 0.008
"""Age of the command that the motors follow, when a measurement of it arrives, up to which the
watches compare the two; they learn a steady delay, not one that jumps, s."""


class ControllerNode(LifecycleNodeBase):
    """The motor loop has a thread of its own, which also takes its messages itself."""

    def __init__(self) -> None:
        super().__init__("controller_node")
        self._loop: ControllerLoop | None = None
        self._stored: Fault | None = None

    def set_up(self) -> None:
        """Make the loop and the topics."""
        given = self.settings
        limits = SafetyLimits(
            state_period_s=given["state_timeout_s"] / SafetyLimits().state_periods,
            arrival_s=given["state_timeout_s"],
            tilt_rad=given["tilt_rad"],
            kp_max=given["kp_max"],
            kd_max=given["kd_max"],
        )
        self._robot = robot = robot_of(given["robot"])
        self._recorder = LastSeconds(robot, given["rate_hz"])
        self._loop = ControllerLoop(
            robot,
            self._send,
            SafetyMonitor(robot, limits, robot_watches(robot) if given["watches"] else ()),
            rate_hz=given["rate_hz"],
            clocks=Clocks(stamp=self.seconds, sleep=self._sleep),
            recorder=self._recorder,
        )
        self._loop.adapter = make_adapter(given["adapter"], robot)
        self._link = SafetyLink(given["safety_timeout_s"], required=given["require_safety"])
        self._state_gate, self._command_gate = StampGate("low_state"), StampGate("joint_command")
        self._states = self.polled_subscription("low_state", Float64MultiArray)
        self._commands = self.polled_subscription("joint_command", Float64MultiArray)
        self._motors = self.publisher("motor_command", Float64MultiArray)
        self._looked, self._flow, self._disobeyed = False, SteadyFlow(), 0
        self.subscription("safety/level", UInt8, self._take_level)
        self.subscription("safety/reset", Empty, self._reset)
        self.every(0.05, self._watch)

    def begin(self) -> None:
        """Start the loop."""
        self._link.restart()
        self._flow.restart()
        self._running.start()

    def end(self) -> None:
        """Stop the loop with a last damping command."""
        self._running.stop()

    def report(self) -> Report:
        """Return ticks held, lateness and the fault."""
        found = self._running.statistics()
        fault = self._running.fault
        values: dict[str, object] = {
            "ticks": found.ticks, "missed": found.missed,
            "held": found.held_fraction, "late p99 ms": found.lateness_ms["p99"],
            "late max ms": found.lateness_ms["max"], "passed": found.passed,
            "damped": found.damped, "waiting": found.waiting, "errors": found.errors,
            "followed late": self._disobeyed,
        }  # fmt: skip
        if fault is not None:
            values["fault at"] = f"{fault.time:.3f}"
            return Report(f"damps: {fault.rule}: {fault.reason}", 2, values)
        notice = self._running.monitor.notice
        if notice is not None and self._running.monitor.reaction is Reaction.SETTLE:
            values |= {REACTION: Reaction.SETTLE.name}
            return Report(f"asks for rest: {notice.rule}: {notice.reason}", 1, values)
        return Report(self._link.words, 0 if self._link.lets_go else 1, values)

    @property
    def _running(self) -> ControllerLoop:
        assert self._loop is not None, "configured nodes have a loop"
        return self._loop

    def _sleep(self, seconds: float) -> None:
        """Wait for the next tick, then look for messages: the loop sees the newest."""
        time.sleep(seconds)
        self._look()

    def _send(self, command: JointCommand) -> None:
        """Publish what the loop decided; damping unless the safety node lets the robot go."""
        now = self.seconds()
        if not self._link.lets_go:
            command = damping_command(self._robot, now)
        packet = codec.encode_command(codec.StampedCommand(command, now))
        self._motors.publish(messages.packet_message(packet))
        if not self._looked:  # the loop is late and did not sleep
            self._look()
        self._looked = False

    def _look(self) -> None:
        """Hand newly arrived messages to the loop."""
        self._looked = True
        for message in self._states.take_all():
            with self.refusing("low_state"):
                low = codec.decode_low_state(messages.labels_of(message), message.data)
                now = self.seconds()
                self._state_gate.check(low.state.time, now)
                obeyed = self._link.lets_go and now - low.follows <= PROMPT_S
                self._disobeyed += not obeyed
                self._running.put_state(low.state, obeyed=obeyed)
        for message in self._commands.take_all():
            with self.refusing("joint_command"):
                stamped = codec.decode_command(messages.labels_of(message), message.data)
                self._command_gate.check(stamped.time, self.seconds())
                self._put_command(stamped)

    def _put_command(self, stamped: codec.StampedCommand) -> None:
        """Hand a command to the loop where the robot may go and commands flow steadily."""
        if not self._link.lets_go:
            self._flow.restart()
        elif self._flow.put(stamped.time, stamped.command.valid_until, self.seconds()):
            self._running.put_command(stamped.command)

    def _take_level(self, message: UInt8) -> None:
        self._link.hear(Reaction(min(message.data, Reaction.DAMP)))

    def _watch(self) -> None:
        """Trip when the safety node falls silent; store the last seconds of a new fault."""
        if self._link.pulse is Pulse.LOST and self._running.fault is None:
            self._running.trip("the safety node is silent")
        fault = self._running.fault
        if fault is not None and fault is not self._stored:
            self.get_logger().error(f"damps: {fault.rule}: {fault.reason}")
            if self.settings["trip_folder"]:
                with self.refusing("trip_folder"):
                    self._recorder.take().store(Path(self.settings["trip_folder"]), fault)
        self._stored = fault

    def _reset(self, _: Empty) -> None:
        self._flow.restart()
        fault = self._running.reset()
        self._state_gate.restart()
        self._command_gate.restart()
        if fault is not None:
            self.get_logger().info(f"fault cleared: {fault.rule}")


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(ControllerNode)


if __name__ == "__main__":
    main()
