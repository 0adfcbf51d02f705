"""A driver's measurements on the graph's clock and from its start, against the simulator."""

import math
from dataclasses import replace

import numpy as np
import pytest

from canter.control.dynamics.rotations import frame_turn, matrix_of_quat, yaw_of
from canter.control.impedance import hold_command
from canter.control.robot import GO2
from canter.ros_nodes.messages.body_state import BodyState
from canter.sim.unitree.plant import Plant

STEP = 0.002
YAW = 2.0


def test_headings_count_from_the_start() -> None:
    rng = np.random.default_rng(0)
    quat = rng.normal(size=4)
    quat /= np.linalg.norm(quat)
    yaw = yaw_of(matrix_of_quat(quat)).item()
    turned = frame_turn(yaw) @ quat
    c, s = math.cos(yaw), math.sin(yaw)
    back = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    assert np.allclose(matrix_of_quat(turned), back @ matrix_of_quat(quat))
    assert yaw_of(matrix_of_quat(turned)).item() == pytest.approx(0.0, abs=1e-12)


def test_a_standing_robot_is_where_it_is_whatever_its_sensor_calls_its_heading() -> None:
    plant, body = Plant(start=(3.0, -1.0, YAW)), BodyState(GO2)
    published = []
    for step in range(500):
        plant.step(hold_command(GO2.default_q, GO2.kp, 3 * GO2.kd, 0.0))
        state = plant.measure(5.0 + step * STEP).state
        seen = body.take(state, 100.0 + step * STEP)
        if body.due:
            published.append(seen.time)
    moved = body.odometry()
    x, y, z = plant.position_w - [3.0, -1.0, 0.0]
    c, s = math.cos(YAW), math.sin(YAW)
    assert moved.position[0] == pytest.approx([c * x + s * y, c * y - s * x, z], abs=0.01)
    assert yaw_of(matrix_of_quat(seen.quat)).item() == pytest.approx(0.0, abs=0.01)
    assert np.diff(published) == pytest.approx(0.02, abs=1e-6)
    assert len(published) == 50


def test_a_stamp_never_goes_back() -> None:
    body, state = BodyState(GO2), Plant().measure(5.0).state
    assert body.take(state, 10.0).time == 10.0
    assert body.take(replace(state, time=5.002), 9.9995).time == 10.0
