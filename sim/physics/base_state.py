"""What checkers ask of robots' ground truth, whichever physics engine it is from."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.planar import Pose

FALLEN_TILT = math.radians(60.0)
"""A base tilted further than this counts as fallen, rad."""
FALLEN_HEIGHT = 0.09
"""A base lower than this counts as fallen, m."""


def poses_of(truth: GroundTruth) -> list[Pose]:
    """Return each base's x, y (m) and yaw (rad), world frame."""
    return [
        (float(x), float(y), float(yaw))
        for (x, y, _), yaw in zip(truth.base_pos_w, truth.yaw(), strict=True)
    ]


def speeds_of(truth: GroundTruth) -> NDArray[np.float64]:
    """Return the speed of each base in the plane, m/s, (N,)."""
    vx, vy, _ = truth.base_lin_vel_w.T
    return np.asarray(np.hypot(vx, vy))


def fallen_of(truth: GroundTruth) -> NDArray[np.bool_]:
    """Tell which robots lie on the floor, (N,)."""
    _, x, y, _ = truth.base_quat.T
    _, _, height = truth.base_pos_w.T
    upright = 1.0 - 2.0 * (x * x + y * y)
    return np.asarray((upright < math.cos(FALLEN_TILT)) | (height < FALLEN_HEIGHT))
