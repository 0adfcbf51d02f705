"""What all nodes of the graph have in common: life cycle, parameters, heartbeat, their topics."""

import gc
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from lifecycle_msgs.srv import ChangeState
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.publisher import Publisher
from std_srvs.srv import Trigger

from canter.control.errors import CanterError
from canter.control.loop.realtime import keep_memory, lower_threads, raise_threads
from canter.ros_nodes.graph.endpoint_watch import EndpointWatch
from canter.ros_nodes.graph.parameters import Settings
from canter.ros_nodes.graph.polling import Polled, PolledGroup
from canter.ros_nodes.graph.qos import PUBLISHERS, READERS
from canter.ros_nodes.graph.second_reader import SecondReader
from canter.ros_nodes.graph.settings import NODES
from canter.ros_nodes.graph.topics import TOPICS

HEARTBEAT_S = 0.1
LOOK_S = 0.5
"""Time between two looks at who publishes what a node reads, s."""
WARNING = "warning"
"""Names, among a heartbeat's figures, what a person should know of."""
QUIET_S = 2.0
"""Least time between two log lines of one kind, s."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a node says of itself.

    Attributes:
        message: in words.
        level: 0 fine, 1 warning, 2 error, as in DiagnosticStatus.
        values: figures by name.
        warnings: what a person should know of, though the node works.
    """

    message: str = "works"
    level: int = 0
    values: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class LifecycleNodeBase(LifecycleNode):
    """A lifecycle node that survives wrong transitions and wrong messages.

    Subclasses fill in `set_up`, `begin`, `end`, `tear_down` and `report`; entities made through
    `subscription`, `polled_subscription`, `publisher` and `service` live from configuring to
    cleaning up.

    Attributes:
        settings: the node's parameters.
        refused: messages that were refused, by topic.
        active: whether the node does its work.
    """

    def __init__(self, name: str) -> None:
        """Make the node in state unconfigured; its parameters are those of `settings.NODES`."""
        super().__init__(name)
        self.settings = Settings(self, NODES[name])
        self.refused: Counter[str] = Counter()
        self.active = False
        self._undo: list[Callable[[], object]] = []
        self._endpoints = EndpointWatch(self, self._warn)
        self._watched: dict[str, Callable[[], None]] = {}
        self._guard_transitions()
        self._pulse = self.create_publisher(DiagnosticStatus, "heartbeat", PUBLISHERS["stream"])
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(HEARTBEAT_S, self._beat, None, self._steady)
        self.create_timer(LOOK_S, self._endpoints.look, None, self._steady)

    def set_up(self) -> None:
        """Open what the node needs; raises CanterError where that cannot be had."""

    def begin(self) -> None:
        """Start working."""

    def end(self) -> None:
        """Stop working and leave the robot safe."""

    def tear_down(self) -> None:
        """Close what `set_up` opened."""

    def report(self) -> Report:
        """Return how the node is while it is active."""
        return Report()

    @property
    def state(self) -> str:
        """Name of the life cycle's state."""
        return str(self._state_machine.current_state[1])

    def shut_down(self) -> None:
        """Go to the state finalized, from wherever the node is."""
        if self.state in ("unconfigured", "inactive", "active"):
            self.trigger_shutdown()

    def seconds(self) -> float:
        """Return what the ROS clock shows, s."""
        return float(self.get_clock().now().nanoseconds * 1e-9)

    def subscription(self, topic: str, kind: type, take: Callable[[Any], None]) -> None:
        """Subscribe; while active each message goes to `take`, whose CanterErrors refuse it."""

        def guarded(message: Any) -> None:  # noqa: ANN401 - of the topic's type
            if self.active:
                with self.refusing(topic):
                    take(message)

        profile = READERS[TOPICS[topic].qos]
        made = self.create_subscription(kind, topic, guarded, profile)
        self._undo.append(lambda: self.destroy_subscription(made))
        self.watch_publishers(topic, (kind,))

    def polled_subscription(self, topic: str, kind: type) -> Polled:
        """Subscribe without the executor; the thread that wants messages takes them itself."""
        group = PolledGroup()
        profile = READERS[TOPICS[topic].qos]
        made = self.create_subscription(kind, topic, _ignore, profile, callback_group=group)
        self._undo.append(lambda: self.destroy_subscription(made))
        self.watch_publishers(topic, (kind,))
        return Polled(made)

    def second_reader(self, topic: str, first: type, second: type) -> Polled:
        """Read a topic of a subscription with a second type too; see `SecondReader`."""
        made = SecondReader(self, topic, second, READERS[TOPICS[topic].qos])
        self._undo.append(made.close)
        self.watch_publishers(topic, (first, second))
        return made.messages

    def watch_publishers(self, topic: str, kinds: Sequence[type]) -> None:
        """Warn of publishers whose messages of a topic cannot arrive; the last call counts."""
        ended = self._watched.pop(topic, None)
        if ended is not None:
            ended()
        self._watched[topic] = self._endpoints.add(topic, kinds, READERS[TOPICS[topic].qos])

    def publisher(self, topic: str, kind: type) -> Publisher:
        """Return a publisher with the topic's QoS."""
        made = self.create_publisher(kind, topic, PUBLISHERS[TOPICS[topic].qos])
        self._undo.append(lambda: self.destroy_publisher(made))
        return made

    def service(self, name: str, act: Callable[[], str]) -> None:
        """Offer a Trigger service ``~/name``; `act` returns what it did, a CanterError refuses."""

        def answer(_: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
            try:
                if not self.active:
                    raise CanterError(f"{self.get_name()} is not active; activate it first")
                response.message, response.success = act(), True
            except CanterError as error:
                response.message, response.success = str(error), False
            return response

        made = self.create_service(Trigger, f"~/{name}", answer)
        self._undo.append(lambda: self.destroy_service(made))

    def every(self, seconds: float, act: Callable[[], None]) -> None:
        """Call `act` on the monotonic clock while the node is active."""
        made = self.create_timer(
            seconds, lambda: act() if self.active else None, None, self._steady
        )
        self._undo.append(lambda: self.destroy_timer(made))

    def undo_with(self, undo: Callable[[], object]) -> None:
        """Have this done at cleaning up, for what is made in another way."""
        self._undo.append(undo)

    def refusing(self, topic: str) -> "_Refusing":
        """Return a context in which a CanterError refuses one message and is logged."""
        return _Refusing(self, topic)

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Open everything; a CanterError leaves the node unconfigured with nothing open."""
        self.settings.waiting.clear()
        done = self._carry_out("configure", self.set_up)
        if done != TransitionCallbackReturn.SUCCESS:
            self._close()
        return done

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Begin to work."""
        gc.collect()
        gc.freeze()  # what lives now lives long; collections then take microseconds
        if "fifo_priority" in NODES[self.get_name()]:
            self._get_ready_for_real_time()
        done = self._carry_out("activate", self.begin)
        self.active = done == TransitionCallbackReturn.SUCCESS
        return done

    def _get_ready_for_real_time(self) -> None:
        priority = self.settings["fifo_priority"]
        for refusal in (raise_threads(priority), keep_memory() if priority else ""):
            if refusal:
                self.get_logger().info(refusal)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop working."""
        self.active = False
        done = self._carry_out("deactivate", self.end)
        lower_threads()  # what closes topics may spin: see `process`
        return done

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Close everything."""
        done = self._carry_out("clean up", self.tear_down)
        self._close()
        return done

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop and close from any state."""
        if self.active:
            self.on_deactivate(state)
        return self.on_cleanup(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Go back to unconfigured after a transition that broke."""
        return self.on_shutdown(state)

    def _close(self) -> None:
        while self._undo:
            self._undo.pop()()
        while self._watched:
            self._watched.popitem()[1]()

    def _carry_out(self, what: str, act: Callable[[], None]) -> TransitionCallbackReturn:
        """Do one part of a transition; rclpy would swallow an exception without a word."""
        try:
            act()
        except CanterError as error:
            self.get_logger().error(f"cannot {what}: {error}")
            return TransitionCallbackReturn.FAILURE
        except BaseException:
            self.get_logger().fatal(f"broke in {what}:\n{traceback.format_exc()}")
            raise
        return TransitionCallbackReturn.SUCCESS

    def _guard_transitions(self) -> None:
        """Answer a transition that the state does not allow with `success` false.

        rclpy 7.1 lets its RCLError (a RuntimeError) out of `spin`, which would end the node.
        """
        service = self._service_change_state
        inner = service.callback

        def guarded(
            request: ChangeState.Request, response: ChangeState.Response
        ) -> ChangeState.Response:
            try:
                return inner(request, response)
            except RuntimeError as error:
                reason = " ".join(str(error).split())
                self.get_logger().warning(f"transition refused: {reason}")
                response.success = False
                return response

        service.callback = guarded

    def _warn(self, words: str) -> None:
        self.get_logger().warning(words)

    def _beat(self) -> None:
        found = self.report() if self.active else Report("not active", 1)
        values = {**found.values, **{f"refused {name}": n for name, n in self.refused.items()}}
        warnings = (*found.warnings, *self._endpoints.problems, *self.settings.waiting.values())
        values |= {WARNING: "; ".join(warnings)} if warnings else {}
        self._pulse.publish(
            DiagnosticStatus(
                level=bytes([max(found.level, bool(warnings))]),
                name=self.get_name(),
                message=found.message,
                hardware_id=self.get_namespace(),
                values=[KeyValue(key=key, value=_text(value)) for key, value in values.items()],
            )
        )


class _Refusing:
    """Turns a CanterError within it into a counted, logged refusal of one message."""

    def __init__(self, node: LifecycleNodeBase, topic: str) -> None:
        self._node, self._topic = node, topic

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> bool:
        """Count and log a CanterError; let anything else pass."""
        if not isinstance(error, CanterError):
            return False
        self._node.refused[self._topic] += 1
        self._node.get_logger().warning(
            f"{self._topic} refused: {error}", throttle_duration_sec=QUIET_S
        )
        return True


def _ignore(_: object) -> None:
    """Never called: a polled subscription has no executor."""


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
