"""Simulated time at half and double speed, and robots beside each other."""

import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from canter.ros_nodes.graph.settings import Value
from canter.ros_nodes.simulator.sim_world import PERIOD_S
from tests.ros_nodes.bench import WITHOUT_SIGHT, Bench, Values

UNWATCHED = tuple(name for name in WITHOUT_SIGHT if name != "safety_node")
LIMP = ("sim_node", "locomotion_node")


# How fast a machine can be is not what a test can ask; that it is never faster than asked, and
# faster than at half speed, is.
def test_simulated_time_at_half_and_double_speed(tmp_path: Path) -> None:
    values: Values = {"sim_node": {"rate": 0.5, "start": "standing"}}
    with Bench(tmp_path, nodes=WITHOUT_SIGHT, values=values, use_sim_time=True) as bench:
        bench.stand()
        for rate, slowest, speed in ((0.5, 0.3, 0.4), (2.0, 0.75, -0.4)):
            assert not bench.client.set_parameters("sim_node", {"rate": rate})
            bench.run(0.5)
            begin, steps = time.monotonic(), int(bench.figure("sim_node", "steps"))
            forward, *_ = bench.way_while(partial(bench.steer, speed), 0.4)
            simulated = (int(bench.figure("sim_node", "steps")) - steps) * PERIOD_S
            speed_up = simulated / (time.monotonic() - begin)
            print(f"asked {rate}: {speed_up:.2f} simulated s per s, way {forward:.2f} m")
            assert slowest < speed_up < 1.3 * rate
            assert np.sign(forward) == np.sign(speed)
            bench.run(1.0)
        assert bench.stands(), bench.story()


def test_two_robots_do_not_hear_each_other(tmp_path: Path) -> None:
    # Two whole graphs fill two cores: one does without watchers, the other has nobody to command
    # its motors, so it would move at the other's commands alone.
    sim: dict[str, Value] = {"camera": False, "start": "standing"}
    values: Values = {
        "sim_node": sim,
        "controller_node": {"require_safety": False, "watches": False, "state_timeout_s": 0.5},
    }
    with (
        Bench(tmp_path / "one", nodes=UNWATCHED, values=values, namespace="one") as one,
        Bench(tmp_path / "two", nodes=LIMP, values={"sim_node": sim}, namespace="/two") as two,
    ):
        one.stand()
        two.run(1.0)
        begin, start, end = two.pose, one.pose, time.monotonic() + 15.0
        while one.pose[0] - start[0] < 0.5:
            assert time.monotonic() < end, one.story()
            one.drive(0.5, 0.0, 0.5)
        two.run(0.2)
        assert two.pose == pytest.approx(begin, abs=0.05)
        assert two.figure("locomotion_node", "lease") != "cmd_vel"
