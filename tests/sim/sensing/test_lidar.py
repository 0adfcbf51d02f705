"""The simulated range sensor against geometry by hand, and against what its maker says."""

import math
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.robot import GO2, SensorMount
from canter.sim.rendering.camera import ROBOT_GROUP
from canter.sim.robots.equip import robot_model_spec
from canter.sim.sensing.lidar import Lidar, LidarSpec

EXACT = LidarSpec(noise=0.0)
HEIGHT = 0.3


def box_world() -> tuple[mujoco.MjModel, mujoco.MjData]:
    """Return a Go2 30 cm over the floor with a wall whose face is 2 m before its base."""
    spec = robot_model_spec(GO2)
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX, size=[0.1, 5.0, 1.0], pos=[2.1, 0.0, 1.0], group=1
    )
    model = spec.compile()
    data = mujoco.MjData(model)
    data.qpos[2] = HEIGHT
    mujoco.mj_kinematics(model, data)
    return model, data


def test_a_scan_is_a_hemisphere_of_as_many_points_as_the_maker_says() -> None:
    spec = LidarSpec()
    beams = np.concatenate([spec.directions(0.1 * i) for i in range(10)])
    assert len(beams) == 21600
    np.testing.assert_allclose(np.linalg.norm(beams, axis=-1), 1.0)
    assert beams[:, 2].min() >= 0.0
    about = np.arctan2(beams[:, 1], beams[:, 0])
    assert np.histogram(about, 36, (-math.pi, math.pi))[0].min() > 400
    assert not np.allclose(spec.directions(0.0), spec.directions(0.05))


def test_points_lie_on_floor_and_wall_and_never_on_the_robot() -> None:
    scan = Lidar(GO2, EXACT).scan(*box_world(), 0.0)
    x, _, z = scan.points_b.T
    floor, wall = np.abs(z + HEIGHT) < 1e-9, np.abs(x - 2.0) < 1e-9
    assert (floor | wall).all()
    assert wall.sum() > 30
    assert floor.sum() > 500


def test_what_is_too_near_is_not_seen_and_what_is_too_far_neither() -> None:
    near = Lidar(GO2, replace(EXACT, nearest=1.0)).scan(*box_world(), 0.0).points_b
    reach = np.linalg.norm(near - GO2.lidar.position_b, axis=-1) if GO2.lidar else np.zeros(1)
    assert reach.min() >= 1.0
    far = Lidar(GO2, replace(EXACT, farthest=1.0)).scan(*box_world(), 0.0).points_b
    np.testing.assert_allclose(far[:, 2], -HEIGHT)  # the floor alone, not the wall


def test_a_mount_that_looks_forwards_sees_as_far_as_the_wall() -> None:
    ahead = replace(GO2, lidar=SensorMount((0.3, 0.0, 0.1), math.pi / 2))
    scan = Lidar(ahead, replace(EXACT, widest=0.1)).scan(*box_world(), 0.0)
    np.testing.assert_allclose(scan.points_b[:, 0], 2.0)


def test_noise_has_the_spread_it_should_have_and_a_seed() -> None:
    world = box_world()
    exact = Lidar(GO2, EXACT).scan(*world, 0.0).points_b
    first, again, other = (Lidar(GO2, seed=s).scan(*world, 0.0).points_b for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    errors = np.linalg.norm(first - exact, axis=-1)
    assert np.sqrt((errors**2).mean()) == pytest.approx(LidarSpec().noise, rel=0.1)


def test_only_robots_with_a_mount_have_one() -> None:
    with pytest.raises(CanterError, match="lidar"):
        Lidar(replace(GO2, lidar=None))
    assert ROBOT_GROUP == 2  # rays see the groups below
