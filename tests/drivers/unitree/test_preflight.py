from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed")

from canter.control.robot import GO2
from canter.control.types import RobotState
from canter.drivers.unitree.preflight import objections


def standing() -> RobotState:
    return RobotState(
        time=0.0,
        q=GO2.default_q.copy(),
        qd=np.zeros(12),
        tau=np.zeros(12),
        quat=np.array([1.0, 0, 0, 0]),
        gyro=np.zeros(3),
        accel=np.array([0, 0, 9.81]),
        foot_contact=np.ones(4),
    )


def test_nothing_speaks_against_a_robot_at_rest() -> None:
    assert objections(standing()) == []


def test_what_speaks_against() -> None:
    mixed = standing().q
    mixed[[0, 2]] = mixed[[2, 0]]  # hip and calf confused
    on_its_side = np.array([np.cos(0.7), np.sin(0.7), 0, 0])
    moving = np.zeros(12)
    moving[4] = 1.0
    cases = {
        "FL_calf_joint reads 0.00": replace(standing(), q=mixed),
        "tilted by 1.40 rad": replace(standing(), quat=on_its_side),
        "FR_thigh_joint moves at 1.0": replace(standing(), qd=moving),
        "NaN": replace(standing(), q=np.full(12, np.nan)),
    }
    for words, state in cases.items():
        assert any(words in found for found in objections(state)), (words, objections(state))
