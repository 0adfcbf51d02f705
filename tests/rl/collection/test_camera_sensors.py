"""The camera's frame, against MuJoCo's own."""

import mujoco
import numpy as np
import pytest

from canter.control.robot import GO2
from canter.rl.collection.camera_sensors import camera_rotation
from canter.sim.robots.equip import CAMERA, robot_model_spec


def test_the_rotation_is_that_of_the_robots_camera() -> None:
    model = robot_model_spec(GO2).compile()
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    mujoco.mj_camlight(model, data)
    base = data.body("base").xmat.reshape(3, 3)
    camera = data.camera(CAMERA).xmat.reshape(3, 3)
    assert camera_rotation(GO2.camera_pitch) == pytest.approx(base.T @ camera, abs=1e-9)


def test_the_rotation_is_one() -> None:
    found = camera_rotation(0.3)
    assert found @ found.T == pytest.approx(np.eye(3))
    assert np.linalg.det(found) == pytest.approx(1.0)
