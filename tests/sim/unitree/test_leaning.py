import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.unitree.postures import STANDING_Q
from canter.sim.physics.batched_sim import ROOT_POSE
from canter.sim.robots.equip import robot_model_spec
from canter.sim.unitree.leaning import leaning_q


def feet(q: NDArray[np.float64], quat: NDArray[np.float64]) -> NDArray[np.float64]:
    """The feet's positions with the base at the origin, world frame, by MuJoCo's kinematics."""
    model = robot_model_spec(GO2).compile()
    data = mujoco.MjData(model)
    data.qpos[ROOT_POSE["pos_w"]] = 0.0
    data.qpos[ROOT_POSE["quat"]] = quat
    for name, angle in zip(GO2.joint_names, q, strict=True):
        data.joint(name).qpos = angle
    mujoco.mj_kinematics(model, data)
    return np.array([data.geom(name).xpos for name in GO2.foot_names])


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (0.3, 0, 0), (0, 0.25, 0), (0, 0, 0.3), (-0.2, 0.15, -0.25)]
)
def test_the_feet_stay_where_they_are(angles: tuple[float, float, float]) -> None:
    roll, pitch, yaw = angles
    quat = np.zeros(4)
    for axis, angle in ((0, roll), (1, pitch), (2, yaw)):  # z-y-x: later ones are applied outside
        turn = np.zeros(4)
        turn[0], turn[1 + axis] = np.cos(angle / 2), np.sin(angle / 2)
        before = quat.copy() if quat.any() else np.array([1.0, 0, 0, 0])
        mujoco.mju_mulQuat(quat, turn, before)
    upright = feet(STANDING_Q, np.array([1.0, 0, 0, 0]))
    np.testing.assert_allclose(feet(leaning_q(*angles), quat), upright, atol=1e-6)
