"""Looks at who publishes what a node reads, and names what cannot arrive: DDS itself is silent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rclpy.node import Node
from rclpy.qos import QoSCompatibility, QoSProfile, qos_check_compatible
from rclpy.topic_endpoint_info import TopicEndpointInfo

from canter.ros_nodes.graph.topics import TOPICS

UNKNOWN = "_NODE_NAME_UNKNOWN_"
"""What ROS says of a node that it has not been told of yet."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One topic that a node reads.

    Attributes:
        topic: its name, relative to the node.
        types: message types that are understood, such as "geometry_msgs/msg/Twist".
        profile: QoS of the subscription.
    """

    topic: str
    types: tuple[str, ...]
    profile: QoSProfile


class EndpointWatch:
    """The publishers that a node's readers do not hear, by name.

    Args:
        node: the node.
        warn: told each problem when it appears.

    Attributes:
        problems: those of the last look.
    """

    def __init__(self, node: Node, warn: Callable[[str], object]) -> None:
        self._node, self._warn = node, warn
        self._readers: list[Reader] = []
        self.problems: tuple[str, ...] = ()

    def add(self, topic: str, kinds: Sequence[type], profile: QoSProfile) -> Callable[[], None]:
        """Watch one topic from now on; returns what ends that."""
        reader = Reader(topic, tuple(map(type_name, kinds)), profile)
        self._readers.append(reader)
        return lambda: self._readers.remove(reader)

    def look(self) -> None:
        """Look at all publishers; a fifth of a millisecond a topic."""
        found: list[str] = []
        for reader in self._readers:
            name = self._node.resolve_topic_name(reader.topic)
            found += problems(reader, self._node.get_publishers_info_by_topic(name))
        for problem in found:
            if problem not in self.problems:
                self._warn(problem)
        self.problems = tuple(found)


def problems(reader: Reader, publishers: Sequence[TopicEndpointInfo]) -> list[str]:
    """Return what is wrong with a topic's publishers, one sentence each."""
    found = []
    for publisher in publishers:
        if publisher.topic_type not in reader.types:
            understood = " or ".join(reader.types)
            found.append(
                f"{reader.topic}: {_name(publisher)} publishes {publisher.topic_type}, but "
                f"{understood} is read; nothing of it arrives"
            )
            continue
        fits, reason = qos_check_compatible(publisher.qos_profile, reader.profile)
        if fits == QoSCompatibility.ERROR:
            found.append(
                f"{reader.topic}: the QoS of {_name(publisher)} does not fit, nothing of it "
                f"arrives ({' '.join(reason.split()).rstrip('; ')})"
            )
    if TOPICS[reader.topic].one_writer and len(publishers) > 1:
        names = ", ".join(sorted(map(_name, publishers)))
        found.append(
            f"{reader.topic}: {len(publishers)} publishers ({names}); the newest message counts, "
            "so keep to one"
        )
    return found


def type_name(kind: type) -> str:
    """Return the name of a message's class as ROS spells it."""
    package, what, *_ = kind.__module__.split(".")
    return f"{package}/{what}/{kind.__name__}"


def _name(publisher: Any) -> str:  # noqa: ANN401 - rclpy ships no types
    if publisher.node_name == UNKNOWN:
        return "an unknown node"
    return f"{publisher.node_namespace.rstrip('/')}/{publisher.node_name}"
