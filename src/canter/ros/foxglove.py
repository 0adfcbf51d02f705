"""``canter ros foxglove``: the graph's topics for Foxglove, over a websocket of this machine."""

from collections.abc import Callable
from typing import Any

from rich.console import Console

from canter.control.errors import CanterError
from canter.control.stop import StopRequest
from canter.ros.options import RosFoxglove
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.parent_watch import orphaned
from canter.ros_nodes.graph.topics import PACKET, TOPICS
from canter.ros_nodes.messages.mounts import mounts
from canter.ros_nodes.nodes.recorder_node import kind_of, message_class
from canter.ros_nodes.recording.bag_writer import definition
from canter.ros_nodes.recording.derived_transforms import DerivedTransforms

LAYOUT = "ros_nodes/config/foxglove.json"
DERIVED = ("tf", "tf_static")
"""What is made of ``odom`` and the mounts where nobody publishes it."""
MOUNTS_S = 1.0
"""Time between two messages of where frames are mounted: a viewer may come at any time, s."""


class Relay:
    """Hands serialised messages on, as they are.

    Args:
        client: of the graph.
    """

    def __init__(self, client: Client) -> None:
        import foxglove  # noqa: PLC0415 - an extra

        self._channels: dict[str, Any] = {}
        self._client, self._derived = client, DerivedTransforms()
        self.count = 0
        for topic, entry in TOPICS.items():
            if entry.type == PACKET or topic.startswith(("safety/", "operator/")):
                continue  # labelled numbers, and the nodes' own talk
            kind = kind_of(topic)
            schema = foxglove.Schema(name=kind, encoding="ros2msg", data=definition(kind).encode())
            name = client.node.resolve_topic_name(topic)
            self._channels[topic] = foxglove.Channel(name, schema=schema, message_encoding="cdr")
            if (found := message_class(kind)) is not None and topic not in DERIVED:
                client.raw_subscription(topic, found, self._hand_on(topic))

    def tell_mounts(self) -> None:
        """Tell where frames are mounted."""
        self._log("tf_static", self._derived.fixed(self._now(), mounts()))

    def _hand_on(self, topic: str) -> Any:  # noqa: ANN401 - of rclpy's callbacks
        def take(data: bytes) -> None:
            self._log(topic, data)
            if topic == "odom":
                self._log("tf", self._derived.moving(data))

        return take

    def _log(self, topic: str, data: bytes) -> None:
        self.count += 1
        self._channels[topic].log(data, log_time=self._now())

    def _now(self) -> int:
        return int(self._client.node.get_clock().now().nanoseconds)


def serve(options: RosFoxglove, ended: Callable[[], bool]) -> None:
    """Serve until ``ended``.

    Raises:
        CanterError: the address cannot be had.
    """
    import foxglove  # noqa: PLC0415 - an extra

    with Client(options.namespace) as client:
        relay = Relay(client)
        try:
            server = foxglove.start_server(name="canter", host=options.host, port=options.port)
        except (OSError, RuntimeError) as error:
            raise CanterError(
                f"no server at {options.host}:{options.port} ({error}); choose another --port"
            ) from error
        place = f"ws://{options.host}:{server.port}"
        Console().print(f"open {place} in Foxglove; layout: {LAYOUT}; Ctrl-C ends", markup=False)
        while not ended():
            client.wait(ended, MOUNTS_S)
            relay.tell_mounts()
        server.stop()


def main(options: RosFoxglove) -> int:
    """Serve until Ctrl-C; returns 0."""
    with StopRequest() as stop:
        serve(options, lambda: stop.asked or orphaned())
    return 0
