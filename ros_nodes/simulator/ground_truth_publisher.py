"""What only a simulator knows, under the simulator's own names: the true pose and the verdict."""

from dataclasses import asdict

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from geometry_msgs.msg import PoseStamped

from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.simulator.sim_world import World

VERDICT_EVERY = 10
"""Poses between two verdicts."""


class GroundTruthPublisher:
    """Publishes the truth; told of new instructions, it lets the judge begin anew."""

    def __init__(self, node: LifecycleNodeBase) -> None:
        self._pose = node.publisher("sim_node/truth/pose", PoseStamped)
        self._verdict = node.publisher("sim_node/truth/verdict", DiagnosticStatus)
        self._count = 0
        self._episode = 0
        self._pending = True

    def restart_judge(self) -> None:
        """Judge from the next pose on; from any thread."""
        self._pending = True

    def publish(self, world: World, stamp: float) -> None:
        """Publish the pose, and now and then the verdict; call it each 20 ms."""
        if self._pending:
            self._pending = False
            self._episode += 1
            world.begin()
        message = PoseStamped(header=messages.header(stamp, "map"))
        point = message.pose.position
        point.x, point.y, point.z = map(float, world.position)
        message.pose.orientation = messages.quaternion(world.quat)
        self._pose.publish(message)
        result = world.check()
        self._count += 1
        if self._count % VERDICT_EVERY == 0:
            facts = asdict(result) | {"done": world.decided, "episode": self._episode}
            self._verdict.publish(
                DiagnosticStatus(
                    name=world.scene.task,
                    message=result.reason,
                    values=[KeyValue(key=key, value=repr(value)) for key, value in facts.items()],
                )
            )
