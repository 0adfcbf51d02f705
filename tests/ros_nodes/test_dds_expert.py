"""The simulator's expert over DDS: it does what its scene asks, and nothing else; words stop it."""

from collections.abc import Iterator

import pytest

from canter.ros.options import RosUp
from canter.ros.ros_graph import graph_of
from tests.ros_nodes.bench import Bench

WORDS = "crawl under the yellow bar"
RATE = 0.5
"""Bounds in simulated time are twice as long: a busy machine passes."""
TASK_S = 20.0
"""Time limit of the task, simulated s."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    graph = graph_of(RosUp(WORDS, policy="expert", rate=RATE))
    values = {**graph.values, "sim_node": {"scene_file": "", **graph.values["sim_node"]}}
    folder = tmp_path_factory.mktemp("expert")
    with Bench(folder, values=values, use_sim_time=graph.use_sim_time) as bench:
        bench.stand()
        yield bench


def test_from_words_to_success(bench: Bench) -> None:
    bench.say(WORDS)
    bench.until(lambda: bench.verdict.get("strict") == "True", TASK_S / RATE)
    bench.until(lambda: bench.feedback[-1:] == ["arrived"], 5.0 / RATE)


def test_what_the_scene_does_not_ask_for_is_refused_with_the_reason(bench: Bench) -> None:
    bench.say("go to the red ball")
    bench.until(lambda: bench.feedback[-1:] == ["refused"], 5.0)
    assert "nothing else" in bench.reason


def test_a_stop_ends_it(bench: Bench) -> None:
    bench.begin_anew()
    bench.say(WORDS)
    start = bench.pose
    bench.until(lambda: abs(bench.pose - start)[:2].max() > 0.2, 10.0 / RATE)
    bench.say("stop")
    bench.until(lambda: bench.feedback[-1:] == ["stopped"], 5.0)
    bench.run(1.0 / RATE)
    still = bench.pose
    bench.run(0.5 / RATE)
    assert bench.pose[:2] == pytest.approx(still[:2], abs=0.03)


def test_a_person_alone_drives_a_graph_without_a_model() -> None:
    graph = graph_of(RosUp(policy="teleop"))
    assert "vla_node" not in graph.nodes
    assert graph.values["safety_node"] == {"watch": "controller_node,locomotion_node"}
