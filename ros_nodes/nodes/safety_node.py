"""Heartbeats, the latched stop with its own damping, the operator, and /diagnostics."""

from typing import NoReturn

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from std_msgs.msg import Empty, Float64MultiArray, Int64, UInt8

from canter.control.errors import CanterError
from canter.control.impedance import damping_command
from canter.control.safety.heartbeat import Heartbeats, OperatorHeartbeat, Pulse, Reaction
from canter.ros_nodes.commands.stop_logic import Heard, StopLogic
from canter.ros_nodes.graph.lifecycle_node_base import WARNING, LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.graph.robot_setting import robot_of
from canter.ros_nodes.graph.settings import NODES
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages

LEVEL_S, OVERRIDE_S, CHALLENGE_S, DIAGNOSTICS_S = 0.05, 0.02, 0.1, 1.0


class SafetyNode(LifecycleNodeBase):
    """A process of its own, so that it lives when others die."""

    def __init__(self) -> None:
        super().__init__("safety_node")

    def set_up(self) -> None:
        """Open the topics."""
        given = self.settings
        self._robot = robot_of(given["robot"])
        watched = [name.strip() for name in given["watch"].split(",") if name.strip()]
        unknown = [name for name in watched if name not in NODES]
        if unknown:
            raise CanterError(f"watch names '{unknown[0]}'; choose among {', '.join(NODES)}")
        timeouts = dict.fromkeys(watched, given["heartbeat_timeout_s"])
        operator = None
        if given["require_operator"]:
            operator = OperatorHeartbeat(given["operator_timeout_s"])
        self._logic = StopLogic(Heartbeats(timeouts, given["start_grace_s"]), operator)
        self._level = self.publisher("safety/level", UInt8)
        self._clear = self.publisher("safety/reset", Empty)
        self._override = self.publisher("motor_command/override", Float64MultiArray)
        self._diagnostics = self.publisher("/diagnostics", DiagnosticArray)
        self._challenge = self.publisher("operator/challenge", Int64)
        self.subscription("heartbeat", DiagnosticStatus, self._hear)
        self.subscription("operator/answer", Int64, self._answer)
        self.service("stop", self._stop)
        self.service("reset", self._reset)
        self.every(LEVEL_S, self._tell_level)
        self.every(OVERRIDE_S, self._damp)
        self.every(DIAGNOSTICS_S, self._diagnose)
        if operator is not None:
            self.every(CHALLENGE_S, self._ask)

    def begin(self) -> None:
        """Watch from now on."""
        self._logic.beats.restart()
        self._told = ""

    def report(self) -> Report:
        """Return whether the robot is stopped."""
        reason = self._logic.reason
        return Report(f"stopped: {reason}" if reason else "works", 2 if reason else 0)

    def _hear(self, message: DiagnosticStatus) -> None:
        values = {pair.key: pair.value for pair in message.values[:64]}
        level = int.from_bytes(message.level, "little")
        if message.name in NODES:
            self._logic.hear(message.name, Heard(level, message.message[:500], values))

    def _answer(self, message: Int64) -> None:
        if self._logic.operator is not None:
            self._logic.operator.answer(message.data)

    def _stop(self) -> str:
        self._logic.stop("a person asked to stop")
        return "stopped until reset"

    def _reset(self) -> str:
        if not self._clear.get_subscription_count():
            raise CanterError("the controller does not listen yet; try again in a second")
        reason = self._logic.reset()
        self._clear.publish(Empty())
        return f"cleared: {reason}" if reason else "nothing was stopped; faults are cleared"

    def _tell_level(self) -> None:
        self._level.publish(UInt8(data=int(self._logic.level())))
        if self._logic.reason != self._told:
            self._told = self._logic.reason
            self.get_logger().error(f"stopped: {self._told}" if self._told else "stop cleared")

    def _damp(self) -> None:
        """Damp the motors past the controller, for as long as the robot must."""
        if self._logic.level() is not Reaction.DAMP:
            return
        now = self.seconds()
        command = damping_command(self._robot, now, kd=self.settings["damping"])
        packet = codec.encode_command(codec.StampedCommand(command, now))
        self._override.publish(messages.packet_message(packet))

    def _ask(self) -> None:
        if self._logic.operator is not None:
            self._challenge.publish(Int64(data=self._logic.operator.challenge()))

    def _diagnose(self) -> None:
        """Publish what is known of every node."""
        header = messages.header(self.seconds(), "")
        own = self.report()
        found = [_status("safety_node", own.level, own.message, {})]
        beats, patience = self._logic.beats.status(), self.settings["heartbeat_timeout_s"]
        for name in beats.keys() | self._logic.heard.keys():
            heard = self._logic.heard.get(name, Heard(1, "not heard yet", {}))
            lost = name in beats and beats[name].pulse is Pulse.LOST
            lost |= name in self._logic.heard and self._logic.silent_s(name) > patience
            level, message = (2, "silent") if lost else (heard.level, heard.message)
            if warning := heard.values.get(WARNING, ""):
                message = f"{message}; {warning}"
            found.append(_status(name, level, message, heard.values))
        self._diagnostics.publish(DiagnosticArray(header=header, status=found))


def _status(name: str, level: int, message: str, values: object) -> DiagnosticStatus:
    pairs = dict(values) if isinstance(values, dict) else {}
    return DiagnosticStatus(
        level=bytes([level]),
        name=f"canter: {name}",
        message=message,
        values=[KeyValue(key=key, value=value) for key, value in pairs.items()],
    )


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(SafetyNode)


if __name__ == "__main__":
    main()
