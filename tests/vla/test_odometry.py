"""Odometry by hand, and the same over episodes as step by step."""

import numpy as np
import pytest
import torch

from canter.control.types import GaitCommand
from canter.vla.config import CAMERA
from canter.vla.odometry import ODOMETRY, accumulated, advanced
from canter.vla.proprio import build_proprio, command_terms

UP = np.array([0.0, 0.0, -1.0])


def told(*commands: GaitCommand, turn: float = 0.0) -> torch.Tensor:
    """Proprioception after each of these commands, turning at a rate, rad/s, (1, T, size)."""
    gyro = np.array([0.0, 0.0, turn])
    rows = [build_proprio(gyro, UP, command_terms(command)) for command in commands]
    return torch.from_numpy(np.stack(rows))[None]


def test_a_straight_walk_and_the_time_it_stood() -> None:
    walk, stand = GaitCommand(vx=0.5), GaitCommand(vx=0.05, wz=-0.1)
    x, y, yaw, time, stood = accumulated(told(walk, walk, stand, stand, stand))[0, -1].tolist()
    step = CAMERA.period
    assert (x, y, yaw) == pytest.approx((0.5 * 2 * step + 0.05 * 3 * step, 0.0, 0.0), abs=1e-5)
    assert (time, stood) == pytest.approx((5 * step, 3 * step), abs=1e-5)


def test_a_turn_is_the_gyros() -> None:
    yaw = accumulated(told(*[GaitCommand(wz=1.0)] * 5, turn=0.8))[0, -1, ODOMETRY["yaw"]]
    assert float(yaw) == pytest.approx(0.8 * 5 * CAMERA.period, abs=1e-5)


def test_episodes_and_steps_agree() -> None:
    rng = np.random.default_rng(0)
    commands = [GaitCommand(vx=float(v), vy=0.1 * float(v)) for v in rng.choice([0, 0.4], 30)]
    proprio = told(*commands, turn=0.3)
    together, odometry = accumulated(proprio), torch.zeros(1, ODOMETRY.size)
    for step in range(proprio.shape[1]):
        odometry = advanced(odometry, proprio[:, step])
        torch.testing.assert_close(together[:, step], odometry, atol=1e-5, rtol=1e-5)
