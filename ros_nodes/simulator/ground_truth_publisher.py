"""What only a simulator knows, under its own names: true pose, verdict, what the scene asks."""

from collections.abc import Mapping
from dataclasses import asdict

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from geometry_msgs.msg import PoseStamped

from canter.control.errors import InstructionError
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.simulator.sim_world import World
from canter.sim.instructions import instruction_of

VERDICT_EVERY = 10
"""Poses between two verdicts."""


class GroundTruthPublisher:
    """Publishes the truth; told of new instructions, it lets the judge begin anew."""

    def __init__(self, node: LifecycleNodeBase) -> None:
        self._pose = node.publisher("sim_node/truth/pose", PoseStamped)
        self._verdict = node.publisher("sim_node/truth/verdict", DiagnosticStatus)
        self._scene = node.publisher("sim_node/truth/scene", DiagnosticStatus)
        self._count = 0
        self._episode = 0
        self._pending = True
        self._asked = DiagnosticStatus()

    def restart_judge(self) -> None:
        """Judge from the next pose on; from any thread."""
        self._pending = True

    def publish(self, world: World, stamp: float) -> None:
        """Publish the pose, and now and then the verdict; call it each 20 ms."""
        if self._pending:
            self._pending = False
            self._episode += 1
            world.begin()
            self._asked = _asked_of(world)
            self._scene.publish(self._asked)
        message = PoseStamped(header=messages.header(stamp, "map"))
        point = message.pose.position
        point.x, point.y, point.z = map(float, world.position)
        message.pose.orientation = messages.quaternion(world.quat)
        self._pose.publish(message)
        result = world.check()
        self._count += 1
        if self._count % VERDICT_EVERY == 0:
            facts = asdict(result) | {"done": world.decided, "episode": self._episode}
            told = {name: repr(value) for name, value in facts.items()}
            self._verdict.publish(_status(world.scene.task, result.reason, told))
            self._scene.publish(self._asked)


def _asked_of(world: World) -> DiagnosticStatus:
    """Return what a world's scene asks of the robot; one from a file asks for nothing."""
    scene = world.scene
    try:
        sentence = instruction_of(scene)
    except InstructionError:
        sentence = ""
    return _status(scene.task, sentence, dict(scene.words))


def _status(name: str, message: str, values: Mapping[str, str]) -> DiagnosticStatus:
    pairs = [KeyValue(key=key, value=value) for key, value in values.items()]
    return DiagnosticStatus(name=name, message=message, values=pairs)
