"""The action over DDS, where its interface package is built: feedback, result, cancel, takeover.

The controller of this robot adapts its gains.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from rclpy.action import ActionClient

from tests.ros_nodes.bench import Bench, Values

interfaces = pytest.importorskip(
    "canter_interfaces.action", reason="ros_nodes/interfaces/build_with_wheels.sh builds it"
)
STATUS = {"succeeded": 4, "canceled": 5, "aborted": 6}
"""Of action_msgs/GoalStatus."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    adaptive: Values = {"controller_node": {"adapter": "torque+gains"}}
    with Bench(tmp_path_factory.mktemp("action"), values=adaptive) as bench:
        bench.stand()
        yield bench


class Asker:
    """Sends goals and waits in the bench's own loop."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        node, kind = bench.client.node, interfaces.FollowInstruction
        self._client = ActionClient(node, kind, "follow_instruction")
        self.feedback: list[Any] = []
        bench.until(self._client.server_is_ready, 10.0)

    def send(self, words: str) -> Any:  # noqa: ANN401 - rclpy ships no types
        goal = interfaces.FollowInstruction.Goal(instruction=words)
        sent = self._client.send_goal_async(
            goal, feedback_callback=lambda message: self.feedback.append(message.feedback)
        )
        self._bench.until(sent.done, 10.0)
        assert sent.result().accepted
        return sent.result()

    def result(self, handle: Any, seconds: float = 40.0) -> Any:  # noqa: ANN401
        asked = handle.get_result_async()
        self._bench.until(asked.done, seconds)
        return asked.result()


@pytest.fixture(scope="module")
def asker(bench: Bench) -> Asker:
    return Asker(bench)


def test_a_goal_is_cancelled(bench: Bench, asker: Asker) -> None:
    handle = asker.send("go to the blue cube")
    bench.until(lambda: len(asker.feedback) > 3, 10.0)
    bench.until(handle.cancel_goal_async().done, 10.0)
    found = asker.result(handle, 5.0)
    assert (found.status, found.result.progress) == (STATUS["canceled"], "cancelled")


def test_another_goal_takes_over_and_arrives_with_feedback(bench: Bench, asker: Asker) -> None:
    bench.begin_anew()
    first = asker.send("go to the blue cube")
    second = asker.send("go to the red ball")
    assert asker.result(first, 5.0).status == STATUS["aborted"]
    asker.feedback.clear()
    found = asker.result(second)
    assert (found.status, found.result.arrived) == (STATUS["succeeded"], True)
    assert max(feedback.seen for feedback in asker.feedback) > 0.5


def test_words_that_say_nothing_abort(asker: Asker) -> None:
    found = asker.result(asker.send("!?"), 5.0)
    assert found.status == STATUS["aborted"]
    assert "no word" in found.result.progress


def test_a_goal_that_stops_ends_the_one_before_and_what_an_operator_does(
    bench: Bench, asker: Asker
) -> None:
    words = "please do not move"
    bench.begin_anew()
    first = asker.send("go to the blue cube")
    bench.until(lambda: bench.figure("locomotion_node", "lease") == "vla_node", 10.0)
    stop = asker.result(asker.send(words), 5.0)
    assert (stop.status, stop.result.progress) == (STATUS["succeeded"], "stopped")
    assert asker.result(first, 5.0).status == STATUS["aborted"]
    bench.drive(0.4, 0.0, 1.0)
    asker.result(asker.send(words), 5.0)
    assert abs(bench.drive(0.4, 0.0, 1.5)[0]) < 0.3  # 0.6 m without the word
    assert bench.figure("locomotion_node", "halted") == "True"


def test_a_goal_that_makes_no_sense_aborts_with_the_reason(asker: Asker) -> None:
    found = asker.result(asker.send("make me a sandwich"), 5.0)
    assert found.status == STATUS["aborted"]
    assert "sandwich" in found.result.progress


def test_words_on_the_topic_end_a_goal(bench: Bench, asker: Asker) -> None:
    handle = asker.send("go to the blue cube")
    bench.say("go to the red ball")
    assert asker.result(handle, 5.0).status == STATUS["aborted"]
    bench.client.trigger("vla_node/cancel")
