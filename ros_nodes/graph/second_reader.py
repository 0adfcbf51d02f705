"""Reads a topic whose name this process reads with another type already.

A participant of DDS knows one type for each name of a topic; so this one has a participant, and
with it a ROS context and a node, of its own. No executor serves it: who wants messages takes them.
"""

import rclpy
from rclpy.callback_groups import CallbackGroup
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile

from canter.ros_nodes.graph.polling import Polled, PolledGroup


class SecondReader:
    """One polled subscription in a participant of its own.

    Args:
        beside: the node that reads the topic with another type.
        topic: its name, relative to that node.
        kind: the second type.
        profile: QoS.
    """

    def __init__(self, beside: Node, topic: str, kind: type, profile: QoSProfile) -> None:
        self._context = Context()
        rclpy.init(args=["--ros-args", "--disable-external-lib-logs"], context=self._context)
        self._node = Node(
            f"{beside.get_name()}_{kind.__name__.lower()}",
            namespace=beside.get_namespace(),
            context=self._context,
            use_global_arguments=False,
            enable_rosout=False,
            start_parameter_services=False,
        )
        group: CallbackGroup = PolledGroup()
        self.messages = Polled(
            self._node.create_subscription(
                kind, beside.resolve_topic_name(topic), _ignore, profile, callback_group=group
            )
        )

    def close(self) -> None:
        """Leave the graph."""
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)


def _ignore(_: object) -> None:
    """Never called: no executor serves it."""
