"""What cannot arrive is named: other types, other QoS, second publishers; and what can, arrives."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image, Imu, JointState
from std_msgs.msg import Int64, String

from tests.ros_nodes.bench import Bench

NAMED_S = 2.0
"""Longest time until something that cannot arrive is named, s."""
SLACK_S = 2.0
"""What a busy machine and /diagnostics, once a second, may add, s."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("mismatch")) as bench:
        bench.stand()
        yield bench


class Probe:
    """A stranger's node in a participant of its own."""

    def __init__(self, name: str) -> None:
        self._context = Context()
        rclpy.init(args=[], context=self._context)
        self.node = Node(name, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)

    def spin(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def close(self) -> None:
        self._executor.remove_node(self.node)
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)


@pytest.fixture
def probe(request: pytest.FixtureRequest) -> Iterator[Probe]:
    made = Probe(f"stranger_{abs(hash(request.node.name)) % 10**6}")
    yield made
    made.close()


def stamped(bench: Bench, vx: float) -> TwistStamped:
    message = TwistStamped()
    message.header.stamp = bench.client.node.get_clock().now().to_msg()
    message.twist.linear.x = vx
    return message


def plain(_: Bench, vx: float) -> Twist:
    message = Twist()
    message.linear.x = vx
    return message


@pytest.mark.parametrize(("kind", "make"), [(TwistStamped, stamped), (Twist, plain)])
def test_a_velocity_of_either_type_moves_the_robot(
    bench: Bench, probe: Probe, kind: type, make: Callable[[Bench, float], Any]
) -> None:
    bench.begin_anew()
    publisher = probe.node.create_publisher(kind, "cmd_vel", 10)
    bench.until(lambda: publisher.get_subscription_count() > 0, 10.0)
    bench.way_while(lambda: publisher.publish(make(bench, 0.4)), 0.5)
    assert bench.figure("locomotion_node", "lease") == "cmd_vel"


def told(bench: Bench, node: str, words: str) -> float:
    """Return the time until a node's heartbeat and /diagnostics warn with these words, s."""
    bench.stand()  # a fault would come before the warning
    heard: list[str] = []
    made = bench.client.node.create_subscription(
        DiagnosticArray, "/diagnostics",
        lambda it: heard.extend(s.message for s in it.status if node in s.name), 10,
    )  # fmt: skip
    begin = time.monotonic()
    bench.until(lambda: words in bench.figure(node, "warning"), NAMED_S + SLACK_S)
    took = time.monotonic() - begin
    assert bench.nodes[node].level == 1
    bench.until(lambda: any(words in message for message in heard), NAMED_S + SLACK_S)
    bench.client.node.destroy_subscription(made)
    log = next(child.log for child in bench.supervisor.children.all if child.name == node)
    assert words in log.read_text()
    print(f"{node}: told after {took:.1f} s: {bench.figure(node, 'warning')}")
    return took


@pytest.mark.parametrize(
    ("node", "topic", "kind"),
    [
        ("vla_node", "instruction", Int64),
        ("locomotion_node", "cmd_vel", String),
        ("controller_node", "joint_command", String),
        ("sim_node", "motor_command", String),
        ("safety_node", "operator/answer", String),
    ],
)
def test_a_publisher_of_another_type_is_named(
    bench: Bench, probe: Probe, node: str, topic: str, kind: type
) -> None:
    probe.node.create_publisher(kind, topic, 10)
    told(bench, node, f"{topic}: /{probe.node.get_name()} publishes std_msgs/msg/{kind.__name__}")


def test_a_publisher_whose_qos_is_not_enough_is_named(bench: Bench, probe: Probe) -> None:
    profile = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    probe.node.create_publisher(String, "instruction", profile)
    told(bench, "vla_node", f"instruction: the QoS of /{probe.node.get_name()} does not fit")


def test_a_second_publisher_of_velocities_is_named(bench: Bench, probe: Probe) -> None:
    probe.node.create_publisher(Twist, "cmd_vel", 10)
    told(bench, "locomotion_node", "cmd_vel: 2 publishers")


def test_a_velocity_that_is_clipped_is_told(bench: Bench) -> None:
    bench.stand()
    bench.velocity.publish(plain(bench, 9.0))
    told(bench, "locomotion_node", "vx = 9 asked, clipped to")


def test_a_parameter_that_has_no_effect_yet_is_told(bench: Bench) -> None:
    before = bench.client.set_parameters("controller_node", {"rate_hz": 400.0})
    assert not before
    told(bench, "controller_node", "rate_hz is set to 400.0: it takes effect when")


@pytest.mark.parametrize("node", ["controller_node", "locomotion_node", "vla_node", "safety_node"])
def test_the_clock_cannot_be_changed_while_a_node_runs(bench: Bench, node: str) -> None:
    (refusal,) = bench.client.set_parameters(node, {"use_sim_time": True})
    assert "use_sim_time cannot change while the node runs" in refusal
    bench.run(1.0)
    assert bench.nodes[node].state == "active"


def test_readers_with_the_defaults_of_ros_hear_every_sensor(bench: Bench, probe: Probe) -> None:
    heard: dict[str, int] = {}
    for kind, topic in (
        (Odometry, "odom"), (Image, "camera/image_raw"), (Imu, "imu/data"),
        (JointState, "joint_states"),
    ):  # fmt: skip

        def count(_: object, topic: str = topic) -> None:
            heard[topic] = heard.get(topic, 0) + 1

        probe.node.create_subscription(kind, topic, count, 10)
    bench.run(1.0)
    for _ in range(30):
        probe.spin(0.1)
        bench.supervisor.step(0.001)
    assert heard["odom"] > 50, heard
    assert heard["camera/image_raw"] > 5, heard
    assert min(heard["imu/data"], heard["joint_states"]) > 50, heard
