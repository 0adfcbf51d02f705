"""The driver over both middlewares: a robot of another process stands up, goes, is let go of."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed here")

from canter.control.errors import CanterError
from canter.control.navigation.point_follower import PointFollower, Pose
from canter.control.stop import StopRequest
from canter.ros.go import Walker
from tests.driven_robot import DRIVER, Stack

CORES = 4
pytestmark = pytest.mark.skipif(
    (os.cpu_count() or 1) < CORES,
    reason="two motor loops, a simulator, a camera and the graph want 4 cores",
)
DOMAIN = 100 + os.getpid() % 100
LIGHTER_HZ = 125.0
"""Motor commands a second: two loops at full speed and a simulator fill two cores."""
TRIES = 4
LATE = ("stale state", "expired command")
"""What a busy machine does to a robot, which is then damped, as it must be."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(DOMAIN, LIGHTER_HZ, tmp_path_factory.mktemp("driven"))
    with made.running("go to the red ball", 2):
        yield made


def go(stack: Stack, goal: Pose) -> Pose:
    """Go there, again where the machine was too busy; return where odometry ends."""
    walker = Walker(stack.client)
    walker.wait()
    for left in reversed(range(TRIES)):
        stack.stand()
        try:
            with StopRequest() as stop:
                walker.go(PointFollower(goal), stop, None)
        except CanterError as error:
            if not left or not any(rule in str(error) for rule in LATE):
                raise
        else:
            assert walker.pose is not None
            return walker.pose
    raise AssertionError


def test_it_stands_up_and_goes_where_it_is_told(stack: Stack) -> None:
    end = go(stack, Pose(0.4, 0.0, 0.0))
    assert end.x == pytest.approx(0.4, abs=0.15)
    assert float(stack.conditions[DRIVER].figures["battery"]) == pytest.approx(0.8)
    assert stack.until(lambda: int(stack.conditions[DRIVER].figures["pictures"]) > 3, 10.0)


def test_without_the_robots_end_it_damps_says_so_and_comes_back(stack: Stack) -> None:
    stack.stand()
    before = int(stack.conditions[DRIVER].figures["robot's process"])
    os.kill(before, signal.SIGKILL)
    controller = stack.conditions["controller_node"]
    assert stack.until(lambda: "stale state" in controller.message, 5.0), stack.story()
    assert stack.until(lambda: stack.supervisor.active, 60.0)
    log = Path(stack.graph.logs, f"{DRIVER}.log").read_text(encoding="utf-8")
    assert f"the robot's end of the driver (process {before}) has ended" in log
    stack.stand()
    assert int(stack.conditions[DRIVER].figures["robot's process"]) != before


def test_a_held_robot_is_refused_in_one_sentence(stack: Stack, tmp_path: Path) -> None:
    second = Stack(DOMAIN, LIGHTER_HZ, tmp_path)
    second.graph = second.graph.__class__((DRIVER,), tmp_path, "second", values=second.graph.values)
    children = second.graph.children()
    with pytest.raises(CanterError, match="others write rt/lowcmd"), children:
        stack.supervisor.__class__(stack.client, children).bring_up(60.0)
