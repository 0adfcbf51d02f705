"""Instruction and pictures in, chunks of gait commands out."""

from pathlib import Path
from typing import NoReturn

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from sensor_msgs.msg import Image
from std_msgs.msg import Float64MultiArray, String

from canter.control.loop.clock import StageTimers
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.arrivals import StampGate
from canter.ros_nodes.messages.images import rgb
from canter.ros_nodes.nodes.follow_action import FollowAction, available
from canter.vla.follower import (
    FollowerOutput,
    InstructionFollower,
    Progress,
    StopCriterion,
    speeds,
)
from canter.vla.runtime import SHIPPED, VlaRuntime


class VlaNode(LifecycleNodeBase):
    """Each picture is one step of the model; it works while there is an instruction."""

    def __init__(self) -> None:
        super().__init__("vla_node")
        self._stages = StageTimers()

    def set_up(self) -> None:
        """Open the policy and the topics."""
        path = Path(self.settings["policy"] or SHIPPED)
        runtime = VlaRuntime(path, self.settings["provider"])
        self._camera = runtime.camera
        self._follower = InstructionFollower(runtime, self._criterion)
        self._picture_gate = StampGate("camera/image_raw")
        self._state_gate = StampGate("robot_state")
        self._last_picture = 0.0
        self._chunks = self.publisher("gait_command", Float64MultiArray)
        self._feedback = self.publisher("vla_node/feedback", DiagnosticStatus)
        self.subscription("instruction", String, self._instruct)
        self.subscription("robot_state", Float64MultiArray, self._take_state)
        self.subscription("camera/image_raw", Image, self._see)
        self.service("cancel", self._cancel)
        self._action = FollowAction(self, self._follow, self._cancel) if available() else None

    def end(self) -> None:
        """Forget the instruction; the chunk under way ends within a second."""
        if self._follower.cancel():
            self._publish_progress(None)

    def report(self) -> Report:
        """Return progress and timings."""
        timings: dict[str, object] = {
            f"{stage} {name} ms": value
            for stage, row in self._stages.summary().items()
            for name, value in row.items()
            if name in ("p50", "p99")
        }
        follower = self._follower
        return Report(
            follower.progress.value, values=timings | {"instruction": follower.instruction}
        )

    def _criterion(self) -> StopCriterion:
        return StopCriterion(self.settings["done_pictures"], self.settings["time_limit_s"])

    def _instruct(self, message: String) -> None:
        self._follow(message.data)

    def _follow(self, instruction: str) -> int:
        """Begin an instruction and return its number."""
        follower = self._follower
        follower.follow(instruction)
        self.get_logger().info(f"following '{follower.instruction}'")
        self._publish_progress(None)
        return follower.begun

    def _cancel(self) -> str:
        if not self._follower.cancel():
            return "no instruction is being followed"
        self._publish_progress(None)
        return f"'{self._follower.instruction}' is cancelled"

    def _take_state(self, message: Float64MultiArray) -> None:
        state = codec.decode_state(messages.labels_of(message), message.data)
        self._state_gate.check(state.time, self.seconds())
        self._follower.put_state(state)

    def _see(self, message: Image) -> None:
        stamp = messages.seconds_of(message.header.stamp)
        if 0.0 <= stamp - self._last_picture < self.settings["shortest_period_s"]:
            return
        camera = self._camera
        picture = rgb(message, camera.height, camera.width)
        self._picture_gate.check(stamp, self.seconds())
        self._last_picture = stamp
        before = self._follower.progress
        with self._stages("step"):
            sight = self._follower.see(picture, stamp)
        if sight is not None:
            packet = codec.encode_chunk(sight.chunk)
            self._chunks.publish(messages.packet_message(packet))
        if before is Progress.FOLLOWING:
            self._publish_progress(sight)

    def _publish_progress(self, sight: FollowerOutput | None) -> None:
        """Publish how the instruction goes."""
        follower = self._follower
        facts: dict[str, str] = {
            "instruction": follower.instruction, "elapsed_s": f"{follower.elapsed_s:.2f}",
        }  # fmt: skip
        figures: dict[str, float] = {}
        if sight is not None:
            figures = {
                "seen": sight.seen, "bearing": sight.bearing, "distance": sight.distance,
                "done": sight.done, **speeds(sight.chunk),
            }  # fmt: skip
            facts |= {name: f"{value:.4f}" for name, value in figures.items()}
        values = [KeyValue(key=key, value=value) for key, value in facts.items()]
        message = follower.progress.value
        self._feedback.publish(DiagnosticStatus(name="vla_node", message=message, values=values))
        if self._action is not None:
            self._action.publish(follower, figures)


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(VlaNode)


if __name__ == "__main__":
    main()
