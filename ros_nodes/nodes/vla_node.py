"""Instruction and pictures in, chunks of gait commands out: the model's, or an expert's."""

from pathlib import Path
from typing import NoReturn

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from sensor_msgs.msg import Image
from std_msgs.msg import Float64MultiArray, String

from canter.control.command_policy import CameraSpec
from canter.control.loop.clock import StageTimers
from canter.control.robot import RobotSpec
from canter.datasets.language.safety_words import is_stop
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.graph.robot_setting import robot_of
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.arrivals import StampGate
from canter.ros_nodes.messages.images import rgb
from canter.ros_nodes.nodes.follow_action import FollowAction, available
from canter.vla.follower import (
    FollowedPolicy,
    FollowerOutput,
    InstructionFollower,
    Progress,
    StopCriterion,
    speeds,
    standing_chunk,
)
from canter.vla.planned_policy import EXPERT, AskedOf, PlannedPolicy
from canter.vla.policy import VlaPolicy
from canter.vla.remote.address import is_address, parse_address
from canter.vla.remote.model import RemoteModel
from canter.vla.remote.policy import RemotePolicy
from canter.vla.runtime import SHIPPED, VlaRuntime


class VlaNode(LifecycleNodeBase):
    """Each picture is one step of the policy; it works while there is an instruction."""

    def __init__(self) -> None:
        super().__init__("vla_node")
        self._stages = StageTimers()

    def set_up(self) -> None:
        """Open the policy and the topics."""
        self._camera: CameraSpec | None = None
        self._follower = InstructionFollower(self._open_policy(), self._criterion)
        self._picture_gate = StampGate("camera/image_raw")
        self._state_gate = StampGate("robot_state")
        self._last_picture = 0.0
        self._chunks = self.publisher("gait_command", Float64MultiArray)
        self._feedback = self.publisher("vla_node/feedback", DiagnosticStatus)
        self.subscription("instruction", String, self._instruct)
        self.subscription("robot_state", Float64MultiArray, self._take_state)
        self.subscription("camera/image_raw", Image, self._see)
        self.service("cancel", self._cancel)
        self._words = self.publisher("instruction", String)
        self._action = FollowAction(self, self._take_goal, self._cancel) if available() else None

    def _open_policy(self) -> FollowedPolicy:
        """Return the model, or what takes the plans of the simulator's expert."""
        if self.settings["policy"] == EXPERT:
            return self._open_plans()
        robot = robot_of(self.settings["robot"])
        if is_address(self.settings["policy"]):
            return self._open_server(robot)
        path = Path(self.settings["policy"] or SHIPPED)
        runtime = VlaRuntime(path, self.settings["provider"], robot=robot)
        self._camera = runtime.camera
        return VlaPolicy(runtime)

    def _open_server(self, robot: RobotSpec) -> RemotePolicy:
        """Return what asks a policy server, and never waits for it."""
        model = RemoteModel(parse_address(self.settings["policy"], waits=False), robot)
        self._camera = model.camera
        policy = model.policy(tell=self.get_logger().warning)
        self.undo_with(policy.close)
        return policy

    def _open_plans(self) -> PlannedPolicy:
        planned, gate = PlannedPolicy(), StampGate("sim_node/truth/plan")

        def take_plan(message: Float64MultiArray) -> None:
            chunk = codec.decode_chunk(messages.labels_of(message), message.data)
            gate.check(chunk.time, self.seconds())
            planned.put_chunk(chunk)

        def take_scene(message: DiagnosticStatus) -> None:
            words = {pair.key: pair.value for pair in message.values}
            planned.put_scene(AskedOf(message.name, words, message.message))

        self.subscription("sim_node/truth/plan", Float64MultiArray, take_plan)
        self.subscription("sim_node/truth/scene", DiagnosticStatus, take_scene)
        return planned

    def end(self) -> None:
        """Forget the instruction; the robot stands."""
        if self._follower.cancel():
            self._stand()

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

    def _take_goal(self, instruction: str) -> InstructionFollower:
        """Begin an action's instruction; a stop reaches whoever hears words on the topic."""
        if is_stop(instruction):
            self._words.publish(String(data=instruction))
        self._follow(instruction)
        return self._follower

    def _follow(self, instruction: str) -> None:
        """Begin an instruction; where there is nothing to follow the robot stands."""
        follower, begun = self._follower, self._follower.begun
        try:
            follower.follow(instruction)
        finally:
            if follower.begun != begun:
                self.get_logger().info(f"{follower.progress.value}: '{follower.instruction}'")
                self._stand()

    def _stand(self) -> None:
        """Replace what the robot is doing by standing, and tell how the instruction goes."""
        self._chunks.publish(
            messages.packet_message(codec.encode_chunk(standing_chunk(self._last_picture)))
        )
        self._publish_progress(None)

    def _cancel(self) -> str:
        if not self._follower.cancel():
            return "no instruction is being followed"
        self._stand()
        return f"'{self._follower.instruction}' is cancelled"

    def _take_state(self, message: Float64MultiArray) -> None:
        state = codec.decode_state(messages.labels_of(message), message.data)
        self._state_gate.check(state.time, self.seconds())
        self._follower.put_state(state)

    def _see(self, message: Image) -> None:
        stamp = messages.seconds_of(message.header.stamp)
        if 0.0 <= stamp - self._last_picture < self.settings["shortest_period_s"]:
            return
        picture = rgb(message, *self._size(message))
        self._picture_gate.check(stamp, self.seconds())
        self._last_picture = stamp
        before = self._follower.progress
        with self._stages("step"):
            sight = self._follower.see(picture, stamp)
        if sight is not None:
            packet = codec.encode_chunk(sight.chunk)
            self._chunks.publish(messages.packet_message(packet))
            self._publish_progress(sight)
        elif before is Progress.FOLLOWING:
            self.get_logger().warning(f"it stands: {self._follower.reason}")
            self._stand()

    def _size(self, message: Image) -> tuple[int, int]:
        """Return height and width that the policy wants of a picture, px; any will do for plans."""
        if self._camera is None:
            return max(message.height, 1), max(message.width, 1)
        return self._camera.height, self._camera.width

    def _publish_progress(self, sight: FollowerOutput | None) -> None:
        """Publish how the instruction goes."""
        follower = self._follower
        facts: dict[str, str] = {
            "instruction": follower.instruction, "elapsed_s": f"{follower.elapsed_s:.2f}",
            "understood": follower.says, "reason": follower.reason,
        }  # fmt: skip
        figures: dict[str, float] = {}
        if sight is not None:
            figures = {"done": sight.done, **speeds(sight.chunk)}
            for first in sight.sightings[:1]:
                figures |= {
                    "seen": first.seen, "bearing": first.bearing, "distance": first.distance,
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
