"""The follower on a robot of exact kinematics, against arithmetic by hand and held fast."""

import math

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.navigation.point_follower import FollowerSettings, PointFollower, Pose, wrapped

DT = 0.05


def walk(follower: PointFollower, pose: Pose, seconds: float, slip: float = 1.0) -> Pose:
    """Move as told, by exact integration of a base that does `slip` times what it is told."""
    for step in range(round(seconds / DT)):
        vx, vy, wz = (slip * v for v in follower.velocity(pose, step * DT))
        if follower.done:
            break
        mid = pose.yaw + 0.5 * wz * DT
        pose = Pose(
            pose.x + DT * (vx * math.cos(mid) - vy * math.sin(mid)),
            pose.y + DT * (vx * math.sin(mid) + vy * math.cos(mid)),
            pose.yaw + wz * DT,
        )
    return pose


@pytest.mark.parametrize("slip", [1.0, 0.7])
def test_it_comes_to_any_pose_from_any_pose(slip: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        start, goal = (Pose(*rng.uniform([-3, -3, -3.1], [3, 3, 3.1])) for _ in range(2))
        follower = PointFollower(goal)
        end = walk(follower, start, 60.0, slip)
        assert follower.done
        assert math.hypot(end.x - goal.x, end.y - goal.y) < 0.1
        assert abs(wrapped(end.yaw - goal.yaw)) < 0.1


def test_velocities_by_hand() -> None:
    far = PointFollower(Pose(2.0, 0.0, 0.0)).velocity
    assert far(Pose(0.0, 0.0, 0.0), 0.0) == pytest.approx((0.5, 0.0, 0.0))
    assert far(Pose(0.0, 0.0, math.pi / 3), 0.0) == pytest.approx((0.25, 0.0, -0.8))
    assert far(Pose(0.0, 0.0, 0.2), 0.0) == pytest.approx((0.5 * math.cos(0.2), 0.0, -0.3))
    forwards, _, turn = far(Pose(0.0, 0.0, 3.0), 0.0)
    assert (forwards, turn) == (0.0, -0.8)  # behind: it turns on the spot
    near = PointFollower(Pose(0.0, 0.2, 0.0)).velocity(Pose(0.0, 0.0, 0.0), 0.0)
    assert near == pytest.approx((0.0, 0.2, 0.0), abs=1e-9)  # a step sideways


def test_it_must_stay_there_for_a_while() -> None:
    follower = PointFollower(Pose(0.0, 0.0, 0.0))
    assert follower.velocity(Pose(0.05, 0.0, 0.05), 0.0) == (0.0, 0.0, 0.0)
    assert not follower.done
    follower.velocity(Pose(0.3, 0.0, 0.0), 0.4)
    follower.velocity(Pose(0.05, 0.0, 0.0), 0.6)
    follower.velocity(Pose(0.05, 0.0, 0.0), 1.0)
    assert not follower.done
    follower.velocity(Pose(0.05, 0.0, 0.0), 1.1)
    assert follower.done


def test_without_a_heading_any_will_do() -> None:
    follower = PointFollower(Pose(0.0, 0.0, 0.0), turn_at_goal=False)
    follower.velocity(Pose(0.0, 0.0, 2.0), 0.0)
    follower.velocity(Pose(0.0, 0.0, 2.0), 0.5)
    assert follower.done


def test_a_robot_that_is_held_gives_up_in_one_sentence() -> None:
    follower = PointFollower(Pose(2.0, 0.0, 0.0), settings=FollowerSettings(patience_s=6.0))
    follower.velocity(Pose(0.0, 0.0, 0.0), 0.0)
    follower.velocity(Pose(0.04, 0.0, 0.0), 6.0)
    with pytest.raises(CanterError, match=r"1\.97 m off and comes no closer for 6 s"):
        follower.velocity(Pose(0.03, 0.0, 0.0), 6.1)


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        (Pose(math.nan, 0.0, 0.0), "finite numbers"),
        (Pose(0.0, math.inf, 0.0), "finite numbers"),
        (Pose(80.0, 80.0, 0.0), "more than 100 m"),
    ],
)
def test_goals_that_are_none_are_refused(goal: Pose, says: str) -> None:
    with pytest.raises(CanterError, match=says):
        PointFollower(goal)


def test_odometry_that_is_no_number_is_refused() -> None:
    with pytest.raises(CanterError, match="no number"):
        PointFollower(Pose(1.0, 0.0, 0.0)).velocity(Pose(math.nan, 0.0, 0.0), 0.0)
