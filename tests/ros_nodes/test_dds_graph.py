"""Five processes over DDS: from words to arrival, and what must not harm them."""

import time
from array import array
from collections.abc import Iterator

import numpy as np
import pytest
from geometry_msgs.msg import Twist
from lifecycle_msgs.srv import GetState
from sensor_msgs.msg import Image
from std_msgs.msg import Float64MultiArray, Int64, String

from canter.control.gait.gait_chunk import GaitChunk
from canter.control.types import GaitCommand, JointCommand
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.vla.config import CAMERA
from tests.control.states import standing
from tests.ros_nodes.bench import Bench

WORDS = "go to the red ball"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("graph")) as bench:
        bench.stand()
        yield bench


def test_from_words_to_arrival(bench: Bench) -> None:
    bench.stand()
    bench.say(WORDS)
    bench.until(lambda: bench.feedback[-1:] == ["arrived"], 40.0)
    bench.until(lambda: bench.verdict.get("strict") == "True", 5.0)


def test_an_instruction_that_says_nothing_is_refused_and_the_model_lives(bench: Bench) -> None:
    for words in ("", "   ", "!?", "x" * 10_000):
        bench.say(words)
    bench.until(lambda: int(bench.figure("vla_node", "refused instruction") or 0) >= 4, 5.0)


def test_cancel_stops_the_robot(bench: Bench) -> None:
    bench.begin_anew()
    bench.say(WORDS)
    bench.until(lambda: bench.feedback[-1:] == ["following"], 5.0)
    bench.run(1.5)
    bench.client.trigger("vla_node/cancel")
    bench.until(lambda: bench.feedback[-1:] == ["cancelled"], 5.0)
    bench.run(1.5)
    assert bench.drive(0.0, 0.0, 0.5)[:2] == pytest.approx(0.0, abs=0.03)


def test_cmd_vel_drives_times_out_and_goes_before_the_model(bench: Bench) -> None:
    bench.begin_anew()
    forward, *_ = bench.way_while(lambda: bench.steer(0.5), 0.45)
    assert forward > 0.4
    bench.run(1.5)  # the time-out is 0.5 s
    still = bench.pose
    bench.run(0.5)
    assert bench.pose[:2] == pytest.approx(still[:2], abs=0.03)
    bench.say(WORDS)
    bench.until(lambda: bench.figure("locomotion_node", "lease") == "vla_node", 5.0)
    bench.drive(-0.3, 0.0, 1.0)
    assert bench.figure("locomotion_node", "lease") == "cmd_vel"
    bench.until(lambda: bench.figure("locomotion_node", "lease") == "vla_node", 5.0)
    bench.client.trigger("vla_node/cancel")


def test_a_parameter_out_of_range_is_refused(bench: Bench) -> None:
    assert bench.client.set_parameters("sim_node", {"rate": -1.0})
    assert bench.client.set_parameters("sim_node", {"rate": float("nan")})
    assert bench.client.set_parameters("sim_node", {"scene_split": "unheard_of"})
    assert bench.client.set_parameters("safety_node", {"damping": 1e6})
    assert not bench.client.set_parameters("safety_node", {"damping": 6.0})
    assert bench.client.set_parameters("vla_node", {"done_pictures": "many"})


@pytest.mark.parametrize("node", ["sim_node", "vla_node", "locomotion_node", "controller_node"])
def test_a_transition_that_is_not_allowed_is_refused_and_the_node_lives(
    bench: Bench, node: str
) -> None:
    pids = bench.pids()
    for transition in ("configure", "activate", "cleanup", "make_coffee"):
        assert not bench.client.change_state(node, transition)
    state = bench.client.call(f"{node}/get_state", GetState, GetState.Request())
    assert state.current_state.label == "active"
    assert bench.pids() == pids


def test_a_node_goes_through_its_whole_life_cycle_and_back(bench: Bench) -> None:
    node = bench.nodes["vla_node"]
    for transition in ("deactivate", "cleanup"):
        assert bench.client.change_state("vla_node", transition)
    assert bench.client.state_of("vla_node") == "unconfigured"
    node.state = ""  # so that the supervisor looks again
    bench.until(lambda: node.state == "active", 20.0)
    bench.say(WORDS)
    bench.until(lambda: bench.feedback[-1:] == ["following"], 5.0)
    bench.client.trigger("vla_node/cancel")


def odd_packets(time_now: float) -> list[Float64MultiArray]:
    """Return what is no good packet of any kind."""
    chunk = codec.encode_chunk(GaitChunk(time_now, np.tile(GaitCommand().to_array(), (10, 1))))
    state = codec.encode_state(standing(time=time_now))
    good = [messages.packet_message(chunk), messages.packet_message(state)]
    odd = [Float64MultiArray(), Float64MultiArray(data=array("d", [1e308] * 7))]
    for message in good:
        for value in (float("nan"), float("inf"), 1e300, -1e300):
            numbers = array("d", [value] * len(message.data))
            odd.append(Float64MultiArray(layout=message.layout, data=numbers))
        odd.append(Float64MultiArray(layout=message.layout, data=message.data[:-1]))
        for shift in (-1000.0, 1000.0):
            numbers = array("d", message.data)
            numbers[0] += shift
            odd.append(Float64MultiArray(layout=message.layout, data=numbers))
    return odd


def odd_images(time_now: float) -> list[Image]:
    """Return pictures that no model can take."""
    picture = messages.image_message(time_now, np.zeros(CAMERA.shape, np.uint8))
    empty = Image(header=picture.header)
    short = Image(
        header=picture.header, height=96, width=96, step=288, encoding="rgb8", data=b"abc"
    )
    coded = Image(header=picture.header, height=96, width=96, step=96, encoding="bayer_rggb16")
    large = Image(header=picture.header, height=2**31, width=2**31, step=1, encoding="rgb8")
    other = messages.image_message(time_now, np.zeros((48, 48, 3), np.uint8))
    past = messages.image_message(time_now - 100.0, np.zeros(CAMERA.shape, np.uint8))
    future = messages.image_message(time_now + 100.0, np.zeros(CAMERA.shape, np.uint8))
    return [empty, short, coded, large, other, past, future]


def test_odd_messages_are_refused_without_a_crash_or_an_unsafe_command(bench: Bench) -> None:
    client = bench.client
    bench.watch_motors()
    bench.begin_anew()
    pids, now = bench.pids(), time.time()
    topics = ("gait_command", "joint_command", "robot_state", "low_state", "motor_command")
    speakers = [client.publisher(topic, Float64MultiArray) for topic in topics]
    camera, answers = (
        client.publisher("camera/image_raw", Image),
        client.publisher("operator/answer", Int64),
    )
    bench.run(0.5)
    for message in odd_packets(now):
        for speaker in speakers:
            speaker.publish(message)
        bench.run(0.02)
    for image in odd_images(now):
        camera.publish(image)
        bench.run(0.02)
    for value in (float("nan"), float("inf"), 1e308):
        twist = Twist()
        twist.linear.x = twist.angular.z = value
        bench.velocity.publish(twist)
    answers.publish(Int64(data=-1))
    bench.run(1.0)
    assert bench.pids() == pids
    assert not bench.unsafe
    bench.stand()
    for node, topic in (
        ("locomotion_node", "gait_command"), ("locomotion_node", "robot_state"),
        ("vla_node", "camera/image_raw"), ("controller_node", "low_state"),
        ("controller_node", "joint_command"), ("sim_node", "motor_command"),
    ):  # fmt: skip
        assert int(bench.figure(node, f"refused {topic}") or 0) > 0, (node, topic)


def test_a_flood_of_10_khz_is_survived(bench: Bench) -> None:
    pids, twist, end = bench.pids(), Twist(), time.monotonic() + 1.0
    twist.linear.x = float("nan")
    sent = 0
    while time.monotonic() < end:
        for _ in range(100):
            bench.velocity.publish(twist)
            sent += 1
        bench.supervisor.step(0.001)
        time.sleep(0.005)
    print(f"{sent} messages in 1 s")
    bench.run(1.0)
    assert bench.pids() == pids
    assert not bench.unsafe
    assert bench.nodes["controller_node"].state == "active"
    bench.stand()
    bench.way_while(lambda: bench.steer(0.5), 0.3)


def test_a_command_beyond_the_joints_damps_and_a_person_resets_it(bench: Bench) -> None:
    wild = standing(time=time.time())
    packet = codec.encode_command(
        codec.StampedCommand(
            JointCommand(
                wild.q + 3.0, np.full(12, 90.0), np.full(12, 3.0), np.zeros(12), time.time() + 0.5
            ),
            time.time() + 0.02,
        )
    )
    speaker = bench.client.publisher("joint_command", Float64MultiArray)
    bench.until(lambda: speaker.get_subscription_count() > 0, 5.0)
    speaker.publish(messages.packet_message(packet))
    bench.until(lambda: bench.nodes["safety_node"].level == 2, 2.0)
    bench.until(lambda: bench.figure("sim_node", "motors follow") == "override", 2.0)
    assert not bench.unsafe
    bench.reset()
    bench.stand()


def test_a_person_stops_and_resets(bench: Bench) -> None:
    bench.client.trigger("safety_node/stop")
    bench.until(lambda: bench.figure("sim_node", "motors follow") == "override", 1.0)
    bench.until(lambda: bench.pose[2] < 0.15, 5.0)
    bench.reset()
    bench.stand()


def test_strings_of_any_kind_reach_no_shell_and_no_parser(bench: Bench) -> None:
    pids = bench.pids()
    for words in ("$(reboot)", "'; DROP TABLE", "\u202e\U0001f916", "{}" * 100):
        bench.instruction.publish(String(data=words))
    bench.run(0.5)
    bench.client.trigger("vla_node/cancel")
    assert bench.pids() == pids
