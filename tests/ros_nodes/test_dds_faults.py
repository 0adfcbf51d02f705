"""Each process is killed in turn: the robot damps or stands within the bound, and recovers."""

import re
import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.ros_nodes.bench import Bench

SLACK_S = 0.05
"""What scheduling may add to a bound on a busy machine, s."""
SEEN_S = 5.0
"""Longest time until heartbeats have told the test of it, s."""
UP_S = 30.0


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("faults")) as bench:
        yield bench


@pytest.fixture(autouse=True)
def _standing(bench: Bench) -> None:
    bench.until(lambda: bench.supervisor.active, UP_S)
    bench.reset()
    bench.stand()


def recovers(bench: Bench) -> None:
    """Wait for the restart; the stop stays until a person resets it, then the robot stands up."""
    bench.until(lambda: bench.supervisor.active, UP_S)
    bench.run(0.5)
    assert not bench.stands(), "a latched stop must not clear itself"
    bench.reset()
    bench.stand()


def faulted(bench: Bench) -> bool:
    return bench.nodes["controller_node"].level == 2


def fault_delay(bench: Bench, kill: float) -> float:
    """Return the time from a kill (system's clock) to the controller's fault, s."""
    bench.until(lambda: faulted(bench), SEEN_S)
    delay = float(bench.figure("controller_node", "fault at")) - kill
    print(f"damped {delay:.3f} s after the kill")
    return delay


def test_without_its_controller_the_robot_damps(bench: Bench) -> None:
    kill = time.monotonic()
    bench.kill("controller_node")
    bench.until(lambda: bench.figure("sim_node", "motors follow") != "controller", SEEN_S)
    delay = float(bench.figure("sim_node", "since")) - kill
    print(f"damped {delay:.3f} s after the kill")
    assert delay < 0.1 + SLACK_S
    recovers(bench)


@pytest.mark.parametrize(
    ("node", "rule", "bound"),
    [
        ("locomotion_node", "expired command", 0.05 + 0.002),
        ("sim_node", "stale state", 0.06),
        ("safety_node", "the safety node is silent", 0.5 + 0.05),
    ],
)
def test_the_controller_damps_without(bench: Bench, node: str, rule: str, bound: float) -> None:
    kill = time.time()
    bench.kill(node)
    assert fault_delay(bench, kill) < bound + SLACK_S
    assert re.search(rule, bench.nodes["controller_node"].message)
    recovers(bench)


def test_without_the_model_the_robot_stands_and_needs_new_words_alone(bench: Bench) -> None:
    bench.say("go to the red ball")
    bench.until(lambda: bench.figure("locomotion_node", "lease") == "vla_node", 5.0)
    bench.run(0.5)
    bench.kill("vla_node")
    bench.run(2.0)
    still = bench.pose
    bench.run(0.5)
    assert np.hypot(*(bench.pose - still)[:2]) < 0.03
    assert bench.stands(), bench.story()
    bench.until(lambda: bench.supervisor.active, UP_S)
    bench.say("go to the red ball")
    bench.until(lambda: bench.feedback[-1:] == ["following"], 10.0)
