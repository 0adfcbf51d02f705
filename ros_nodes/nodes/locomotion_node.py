"""Gait commands or cmd_vel in, joint commands out: one for each robot_state, 50 Hz."""

from pathlib import Path
from typing import NoReturn

from geometry_msgs.msg import Twist, TwistStamped
from std_msgs.msg import Float64MultiArray, UInt8

from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.safety.heartbeat import Reaction
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.ros_nodes.commands.command_mux import CommandMux
from canter.ros_nodes.commands.stand_up_controller import StandUpController
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.arrivals import StampGate


class LocomotionNode(LifecycleNodeBase):
    """Stands the robot up, then lets whoever holds the lease move it."""

    def __init__(self) -> None:
        super().__init__("locomotion_node")
        self._stages = StageTimers()
        self._level = Reaction.GO

    def set_up(self) -> None:
        """Open the policy and the topics."""
        path = Path(self.settings["policy"] or SHIPPED)
        policy = LocomotionPolicy(OnnxSession(path, self.settings["provider"]))
        self._stand_up = StandUpController(policy)
        timeout = self.settings["command_timeout_s"]
        self._source = CommandMux(policy.contract.command_ranges, timeout)
        self._state_gate, self._chunk_gate = StampGate("robot_state"), StampGate("gait_command")
        self._out = self.publisher("joint_command", Float64MultiArray)
        self.subscription("gait_command", Float64MultiArray, self._take_chunk)
        if self.settings["cmd_vel_stamped"]:
            self.subscription("cmd_vel", TwistStamped, self._take_stamped)
        else:
            self.subscription("cmd_vel", Twist, self._take_twist)
        self.subscription("safety/level", UInt8, self._take_level)
        self.subscription("robot_state", Float64MultiArray, self._step)
        self.service("restart", self._restart)

    def begin(self) -> None:
        """Look at the robot's posture anew."""
        self._stand_up.restart()

    def report(self) -> Report:
        """Return mode, lease and timings."""
        values = {"lease": self._source.writer, "clipped": self._source.velocity.clipped}
        row = self._stages.summary().get("step", {})
        timings = {f"step {name} ms": row[name] for name in ("p50", "p99") if name in row}
        steps = {"steps": int(row.get("n", 0))}
        return Report(self._stand_up.mode.value, values=values | steps | timings)

    def _restart(self) -> str:
        self._stand_up.restart()
        return "the posture is looked at anew"

    def _take_chunk(self, message: Float64MultiArray) -> None:
        chunk = codec.decode_chunk(messages.labels_of(message), message.data)
        self._chunk_gate.check(chunk.time, self.seconds())
        self._source.put_chunk(chunk)

    def _take_twist(self, message: Twist, age_s: float = 0.0) -> None:
        linear, angular = message.linear, message.angular
        self._source.put_velocity(linear.x, linear.y, angular.z, age_s)

    def _take_stamped(self, message: TwistStamped) -> None:
        stamp = messages.seconds_of(message.header.stamp)
        self._take_twist(message.twist, self.seconds() - stamp if stamp else 0.0)

    def _take_level(self, message: UInt8) -> None:
        self._level = Reaction(min(message.data, Reaction.DAMP))

    def _step(self, message: Float64MultiArray) -> None:
        """Answer one measurement."""
        with self._stages("step"):
            state = codec.decode_state(messages.labels_of(message), message.data)
            self._state_gate.check(state.time, self.seconds())
            command, origin = self._source.command(state.time)
            if self._level is not Reaction.GO:
                command, origin = GaitCommand(), 0.0
            damped = self._level is Reaction.DAMP
            joints = self._stand_up.rest(state) if damped else self._stand_up.step(state, command)
            packet = codec.encode_command(codec.StampedCommand(joints, state.time, origin))
            self._out.publish(messages.packet_message(packet))


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(LocomotionNode)


if __name__ == "__main__":
    main()
