"""Gait commands or cmd_vel in, joint commands out: one for each robot_state, 50 Hz."""

import math
import time
from pathlib import Path
from typing import NoReturn

from geometry_msgs.msg import Twist, TwistStamped
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Float64MultiArray, String, UInt8

from canter.control.avoidance.avoidance import Avoidance
from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.loop.clock import StageTimers
from canter.control.safety.fall_response import FallResponse, with_fall_response
from canter.control.safety.heartbeat import Reaction
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.datasets.language.safety_words import is_stop
from canter.ros_nodes.commands.command_mux import CommandMux
from canter.ros_nodes.commands.stand_up_controller import StandUpController
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.graph.robot_setting import robot_of
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.arrivals import StampGate
from canter.ros_nodes.messages.point_cloud import scan_of

CLIPPED_S = 5.0
"""How long a velocity that was clipped is told of, s."""


class LocomotionNode(LifecycleNodeBase):
    """Stands the robot up, then lets whoever holds the lease move it."""

    def __init__(self) -> None:
        super().__init__("locomotion_node")
        self._stages = StageTimers()
        self._level = Reaction.GO

    def set_up(self) -> None:
        """Open the policy and the topics."""
        robot = robot_of(self.settings["robot"])
        path = Path(self.settings["policy"] or shipped_policy(robot.name, "gait"))
        session = OnnxSession(path, self.settings["provider"], robot=robot)
        policy = LocomotionPolicy(session, spec=robot)
        walker = with_fall_response(policy) if self.settings["fall_response"] else policy
        self._fall = walker if isinstance(walker, FallResponse) else None
        self._stand_up = StandUpController(walker, robot)
        timeout = self.settings["command_timeout_s"]
        avoidance = Avoidance(robot, policy.contract.control_period_s)
        self._avoidance = avoidance if self.settings["avoid"] else None
        ranges = policy.contract.command_ranges
        self._source = CommandMux(ranges, timeout, avoidance=self._avoidance)
        self._state_gate, self._chunk_gate = StampGate("robot_state"), StampGate("gait_command")
        self._scan_gate = StampGate("points")
        self._out = self.publisher("joint_command", Float64MultiArray)
        self.subscription("gait_command", Float64MultiArray, self._take_chunk)
        self.subscription("cmd_vel", Twist, self._take_twist)
        self._stamped = self.second_reader("cmd_vel", Twist, TwistStamped)
        self._clipped: tuple[float, str] = (-math.inf, "")
        self.subscription("safety/level", UInt8, self._take_level)
        self.subscription("instruction", String, self._hear)
        if self._avoidance is not None:
            self.subscription("points", PointCloud2, self._take_points)
        self.subscription("robot_state", Float64MultiArray, self._step)
        self.service("restart", self._restart)

    def begin(self) -> None:
        """Look at the robot's posture anew."""
        self._stand_up.restart()

    def report(self) -> Report:
        """Return mode, lease and timings."""
        values = {"lease": self._source.writer, "clipped": self._source.velocity.clipped}
        values["halted"] = self._source.halted
        if self._avoidance is not None:
            did = self._avoidance.report
            values |= {"avoidance changed": did.changed, "avoidance blind": did.blind}
        values["crouches"] = self._fall.crouches if self._fall is not None else 0
        row = self._stages.summary().get("step", {})
        timings = {f"step {name} ms": row[name] for name in ("p50", "p99") if name in row}
        steps = {"steps": int(row.get("n", 0))}
        at, words = self._clipped
        warnings = (words,) if time.monotonic() - at < CLIPPED_S else ()
        return Report(self._stand_up.mode.value, values=values | steps | timings, warnings=warnings)

    def _hear(self, message: String) -> None:
        """Stand at once where a person says so, whoever moves the robot."""
        if is_stop(message.data):
            self._source.halt(self.seconds())
            self.get_logger().warning(f"stands: a person said '{message.data[:80]}'")

    def _restart(self) -> str:
        self._stand_up.restart()
        if self._avoidance is not None:
            self._avoidance.restart()
        return "the posture is looked at anew"

    def _take_chunk(self, message: Float64MultiArray) -> None:
        chunk = codec.decode_chunk(messages.labels_of(message), message.data)
        self._chunk_gate.check(chunk.time, self.seconds())
        self._source.put_chunk(chunk)

    def _take_twist(self, message: Twist, age_s: float = 0.0) -> None:
        linear, angular = message.linear, message.angular
        clipped = self._source.put_velocity(linear.x, linear.y, angular.z, age_s)
        if clipped:
            words = f"cmd_vel: {', '.join(map(str, clipped))}, as fast as the policy walks"
            self.get_logger().warning(words, throttle_duration_sec=CLIPPED_S)
            self._clipped = (time.monotonic(), words)

    def _take_all_stamped(self) -> None:
        for message in self._stamped.take_all():
            with self.refusing("cmd_vel"):
                self._take_stamped(message)

    def _take_stamped(self, message: TwistStamped) -> None:
        stamp = messages.seconds_of(message.header.stamp)
        self._take_twist(message.twist, self.seconds() - stamp if stamp else 0.0)

    def _take_points(self, message: PointCloud2) -> None:
        stamp = messages.seconds_of(message.header.stamp)
        self._scan_gate.check(stamp, self.seconds())
        if self._avoidance is not None:
            self._avoidance.put_scan(scan_of(message, stamp, message.header.frame_id))

    def _take_level(self, message: UInt8) -> None:
        self._level = Reaction(min(message.data, Reaction.DAMP))

    def _step(self, message: Float64MultiArray) -> None:
        """Answer one measurement."""
        self._take_all_stamped()
        with self._stages("step"):
            state = codec.decode_state(messages.labels_of(message), message.data)
            self._state_gate.check(state.time, self.seconds())
            if self._avoidance is not None:
                self._avoidance.put_state(state)
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
