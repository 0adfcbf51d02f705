"""What a robot remembers of its surroundings, and what its commands become."""

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.avoidance.avoidance import Avoidance
from canter.control.avoidance.footprint import Footprint
from canter.control.avoidance.obstacle_memory import LOWEST_M, ObstacleMemory, Place
from canter.control.avoidance.range_scan import RangeScan
from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.control.types import GAIT_LAYOUT, GaitCommand
from tests.control.states import standing

Float = NDArray[np.float64]
BODY = Footprint(front=0.4, back=0.3, side=0.2, top=0.1)
HEIGHT = 0.3
HERE = Place(np.array([0.0, 0.0, HEIGHT]), np.eye(3), 0.0, 0.0)


def post(x: float, y: float, low: float = 0.0, high: float = 0.5) -> Float:
    """Return points of a thin post, base frame, m."""
    z = np.linspace(low, high, 20) - HEIGHT
    return np.stack([np.full_like(z, x), np.full_like(z, y), z], axis=-1)


def moved(x: float, yaw: float = 0.0) -> Place:
    cos, sin = np.cos(yaw), np.sin(yaw)
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    return Place(np.array([x, 0.0, HEIGHT]), turn, yaw, 0.0)


def test_a_thing_stays_where_it_is_while_the_robot_walks_and_turns() -> None:
    memory = ObstacleMemory(BODY)
    memory.put(RangeScan(0.0, post(1.0, 0.0)), HERE)
    np.testing.assert_allclose(memory.around(HERE, 0.4).mean(0), [1.0, 0.0])
    np.testing.assert_allclose(memory.around(moved(0.4), 0.4).mean(0), [0.6, 0.0])
    turned = memory.around(moved(0.0, np.pi / 2), 0.4).mean(0)
    np.testing.assert_allclose(turned, [0.0, -1.0], atol=1e-12)


def test_floor_noise_the_robot_itself_and_what_it_walks_under_are_no_obstacles() -> None:
    memory = ObstacleMemory(BODY)
    floor = post(1.0, 0.0, high=LOWEST_M - 0.01)
    stray = post(1.0, 0.5)[-1:]
    memory.put(RangeScan(0.0, np.concatenate([floor, stray, post(0.1, 0.0)])), HERE)
    assert not len(memory.around(HERE, 0.4))
    bar = np.concatenate([post(1.0, y, 0.45, 0.5) for y in (-0.1, 0.0, 0.1)])
    memory.put(RangeScan(0.1, bar), HERE)
    assert not len(memory.around(HERE, 0.4))
    assert len(memory.around(HERE, 0.45))


def test_what_was_seen_long_ago_is_forgotten_later_behind_than_ahead() -> None:
    memory = ObstacleMemory(BODY)
    memory.put(RangeScan(0.0, np.concatenate([post(1.0, 0.0), post(-1.0, 0.0)])), HERE)
    for seconds, left in ((0.9, [1.0, -1.0]), (1.5, [-1.0]), (7.0, [-1.0]), (9.0, [])):
        memory.put(RangeScan(seconds, post(0.0, 1.2)), HERE)
        found = memory.around(HERE, 0.4)
        assert sorted(set(found[np.abs(found[:, 0]) > 0.5, 0]), reverse=True) == left
    memory.clear()
    assert not len(memory.around(HERE, 0.4))


def test_a_scan_is_a_list_of_points() -> None:
    with pytest.raises(CanterError, match=r"\(M, 3\)"):
        RangeScan(0.0, np.zeros(3))


def test_a_command_is_bent_counted_and_keeps_its_other_fields() -> None:
    avoidance = Avoidance(GO2, 0.02)
    walk = GaitCommand(vx=0.8, step_freq_hz=3.0, swing_height=0.1).to_array()
    avoidance.put_state(standing())
    blind = avoidance.filter(walk, 1.0)
    assert not blind[GAIT_LAYOUT["vx"]].any()
    avoidance.put_scan(RangeScan(1.0, post(1.4, 1.0)))
    np.testing.assert_array_equal(avoidance.filter(walk, 1.1), walk)
    wall = np.concatenate([post(0.5, y) for y in np.linspace(-0.3, 0.3, 21)])
    avoidance.put_scan(RangeScan(1.2, wall))
    bent = avoidance.filter(walk, 1.2)
    assert bent[GAIT_LAYOUT["vx"]].item() < 0.35  # 3 (0.5 - 0.35 - 0.05)
    same = [i for i in range(len(walk)) if i not in range(3)]
    np.testing.assert_allclose(bent[same], walk[same])
    assert (avoidance.report.commands, avoidance.report.changed, avoidance.report.blind) == (
        3,
        2,
        1,
    )
    stand = GaitCommand().to_array()
    assert avoidance.filter(stand, 1.2) is stand
    assert not avoidance.filter(walk, 2.0)[:3].any()  # the scan is too old
    avoidance.put_scan(RangeScan(0.1, post(1.4, 1.0)))  # time went back: the wall is forgotten
    np.testing.assert_array_equal(avoidance.filter(walk, 0.1), walk)
    avoidance.restart()
    avoidance.put_scan(RangeScan(2.1, wall))  # before any measurement: nothing to place it by
    assert not avoidance.filter(walk, 2.1)[:3].any()
