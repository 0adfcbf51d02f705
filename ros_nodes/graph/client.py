"""A short-lived participant of the graph, for commands: waits with a limit, calls, follows."""

import copy
import os
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import rclpy
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.parameter_client import AsyncParameterClient
from rclpy.publisher import Publisher
from std_srvs.srv import Trigger

from canter.control.errors import CanterError
from canter.ros_nodes.graph import environment
from canter.ros_nodes.graph.qos import PUBLISHERS, READERS
from canter.ros_nodes.graph.settings import Value
from canter.ros_nodes.graph.topics import TOPICS

CALL_S = 10.0
"""Longest wait for a service or a partner, s."""
SPIN_S = 0.05
QUEUE = 100
"""Messages that wait for the next spin."""


class Client:
    """One node with its executor in a context of its own; use it in a ``with`` block.

    Attributes:
        node: the node, in the robot's namespace.
    """

    def __init__(self, namespace: str = "", name: str = "canter") -> None:
        environment.settle()
        self._context = Context()
        rclpy.init(args=["--ros-args", "--disable-external-lib-logs"], context=self._context)
        self.node = Node(f"{name}_{os.getpid()}", namespace=namespace, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._services: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Leave the graph."""
        self._executor.remove_node(self.node)
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)

    def spin(self, seconds: float = SPIN_S) -> None:
        """Serve callbacks for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=min(left, SPIN_S))

    def wait(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Serve callbacks until a condition holds; returns False where it did not in time."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                return False
            self._executor.spin_once(timeout_sec=SPIN_S)
        return True

    def subscription(
        self, topic: str, kind: type, take: Callable[[Any], None], queue: int = QUEUE
    ) -> None:
        """Subscribe with the topic's QoS, but a queue that loses nothing between two spins."""
        profile = copy.copy(READERS[TOPICS[topic].qos])
        profile.depth = queue
        self.node.create_subscription(kind, topic, take, profile)

    def raw_subscription(self, topic: str, kind: type, take: Callable[[bytes], None]) -> None:
        """Subscribe to serialised messages, for who hands them on unread."""
        profile = READERS[TOPICS[topic].qos]
        self.node.create_subscription(kind, topic, take, profile, raw=True)

    def publisher(self, topic: str, kind: type) -> Publisher:
        """Return a publisher with the topic's QoS."""
        return self.node.create_publisher(kind, topic, PUBLISHERS[TOPICS[topic].qos])

    def trigger(self, name: str, seconds: float = CALL_S) -> str:
        """Call a Trigger service and return its words.

        Raises:
            CanterError: nobody offers it, no answer came, or it was refused.
        """
        response = self.call(name, Trigger, Trigger.Request(), seconds)
        if not response.success:
            raise CanterError(f"{name}: {response.message}")
        return str(response.message)

    def call(self, name: str, kind: type, request: object, seconds: float = CALL_S) -> Any:  # noqa: ANN401
        """Return a service's response; raises CanterError where none came in time."""
        service = self.service_client(name, kind)
        if not self.wait(service.service_is_ready, seconds):
            raise CanterError(f"nobody offers {name}; is the graph up? start it: canter ros up")
        future = service.call_async(request)
        if not self.wait(future.done, seconds):
            raise CanterError(f"{name} did not answer within {seconds:g} s")
        return future.result()

    def service_client(self, name: str, kind: type) -> Any:  # noqa: ANN401 - rclpy ships no types
        """Return the client of a service, made at the first use."""
        if name not in self._services:
            self._services[name] = self.node.create_client(kind, name)
        return self._services[name]

    def state_of(self, node: str, seconds: float = CALL_S) -> str:
        """Return the life cycle state of a node."""
        response = self.call(f"{node}/get_state", GetState, GetState.Request(), seconds)
        return str(response.current_state.label)

    def change_state(self, node: str, transition: str, seconds: float = CALL_S) -> bool:
        """Ask a node for a transition by its label, such as "configure"; returns its success."""
        request = ChangeState.Request()
        request.transition.label = transition
        return bool(self.call(f"{node}/change_state", ChangeState, request, seconds).success)

    def set_parameters(
        self, node: str, values: dict[str, Value], seconds: float = CALL_S
    ) -> Sequence[str]:
        """Set parameters of a node and return the refusals, empty where all were accepted."""
        client = AsyncParameterClient(self.node, node)
        if not self.wait(client.services_are_ready, seconds):
            raise CanterError(f"nobody offers the parameters of {node}; is it running?")
        future = client.set_parameters([Parameter(k, value=v) for k, v in values.items()])
        if not self.wait(future.done, seconds):
            raise CanterError(f"{node} did not answer within {seconds:g} s")
        return [result.reason for result in future.result().results if not result.successful]
