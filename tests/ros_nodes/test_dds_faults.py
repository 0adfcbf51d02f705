"""Each process is killed in turn: the robot damps or stands within the bound, and recovers."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.ros_nodes.bench import Bench

SEEN_S = 0.5
"""What the supervisor needs to learn of it: heartbeats come each 0.1 s, on a busy machine later."""
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


def test_without_its_controller_the_robot_damps(bench: Bench) -> None:
    bench.kill("controller_node")
    damped = lambda: bench.figure("sim_node", "motors follow") in ("damping", "override")  # noqa: E731
    print(f"damped {bench.until(damped, 0.1 + SEEN_S):.2f} s after the kill")
    recovers(bench)


def test_without_locomotion_the_controller_damps(bench: Bench) -> None:
    bench.kill("locomotion_node")
    seconds = bench.until(lambda: bench.nodes["controller_node"].level == 2, 0.07 + SEEN_S)
    assert "expired command" in bench.nodes["controller_node"].message
    print(f"damped {seconds:.2f} s after the kill")
    recovers(bench)


def test_without_the_safety_node_the_controller_damps(bench: Bench) -> None:
    bench.kill("safety_node")
    seconds = bench.until(lambda: bench.nodes["controller_node"].level >= 1, 0.55 + SEEN_S)
    print(f"damped {seconds:.2f} s after the kill")
    recovers(bench)


def test_without_measurements_the_controller_damps(bench: Bench) -> None:
    bench.kill("sim_node")
    seconds = bench.until(lambda: bench.nodes["controller_node"].level == 2, 0.07 + SEEN_S)
    print(f"damped {seconds:.2f} s after the kill")
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
