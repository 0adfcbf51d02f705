"""A robot of a file outside the package, over DDS: all nodes have it, it stands up and walks."""

import shutil
from pathlib import Path

from canter.control.robot import read_robot
from canter.ros.options import RosUp
from canter.ros.ros_graph import graph_of
from canter.sim.robots.registry import robot_file
from tests.ros_nodes.bench import Bench

RATE = 0.5
"""Bounds in simulated time are twice as long: a busy machine passes."""


def test_a_robot_of_a_file_stands_up_and_walks(tmp_path: Path) -> None:
    for file in robot_file("go2").path.parent.iterdir():
        shutil.copy(file, tmp_path)
    mine = tmp_path / "robot.yaml"
    mine.write_text(mine.read_text(encoding="utf-8").replace("mass: 15.2 kg", "mass: 15.3 kg"))
    graph = graph_of(RosUp(robot=str(mine), policy="teleop", rate=RATE, logs=tmp_path / "logs"))
    assert graph.values["sim_node"]["robot"] == str(mine)
    for node in ("locomotion_node", "controller_node", "safety_node"):
        assert read_robot(Path(str(graph.values[node]["robot"]))).mass == 15.3
    with Bench(
        graph.logs, nodes=graph.nodes, values=graph.values, use_sim_time=graph.use_sim_time
    ) as bench:
        bench.stand()
        forward, *_ = bench.way_while(lambda: bench.steer(0.5), 0.3)
        assert abs(forward) > 0.1
