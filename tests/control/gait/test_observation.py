"""The locomotion observation: each term by hand, then the packed whole."""

from dataclasses import replace

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.gait.observation import (
    LOCOMOTION_TERMS,
    locomotion_values,
    observation_layout,
    observe,
)
from canter.control.robot import GO2
from canter.control.types import GAIT_RANGES, Array, GaitCommand, RobotState


def state(batch: tuple[int, ...] = (), roll: float = 0.0) -> RobotState:
    """Return a robot in the default pose, rolled about x, each joint 0.1 rad off at 2 rad/s."""
    full = np.broadcast_to
    return RobotState(
        time=1.0,
        q=full(GO2.default_q + 0.1, (*batch, 12)),
        qd=full(2.0, (*batch, 12)),
        tau=full(0.0, (*batch, 12)),
        quat=full([np.cos(roll / 2), np.sin(roll / 2), 0.0, 0.0], (*batch, 4)),
        gyro=full([0.4, -0.8, 100.0], (*batch, 3)),
        accel=full([0.0, 0.0, 9.81], (*batch, 3)),
        foot_contact=full(1.0, (*batch, 4)),
    )


def values(batch: tuple[int, ...] = (), roll: float = 0.0) -> dict[str, Array]:
    """Return the raw terms of `state` under a fixed command."""
    raw = {"vx": 0.5, "vy": -0.1, "wz": 3.0, "body_height": -0.1}
    named = dict(zip(GAIT_RANGES, GaitCommand().to_array().tolist(), strict=True)) | raw
    command = {name: np.full(batch, value) for name, value in named.items()}
    clock, action = np.full((*batch, 3), 0.5), np.full((*batch, 12), 0.3)
    return locomotion_values(state(batch, roll), command, clock, action, GO2)


def test_every_term_by_hand() -> None:
    packed = observe(LOCOMOTION_TERMS, values())
    expected: dict[str, list[float]] = {
        "base_ang_vel_b": [0.1, -0.2, 5.0],  # 100 rad/s is clipped
        "projected_gravity_b": [0, 0, -1],
        "velocity_command": [0.5, -0.1, 2.0],  # 3 rad/s is clipped
        "body_height_command": [-0.5],
        "gait_clock": [0.5] * 3,
        "joint_pos": [0.1] * 12,
        "joint_vel": [0.1] * 12,
        "last_action": [0.3] * 12,
    }
    layout = observation_layout(LOCOMOTION_TERMS)
    assert list(layout) == list(expected)
    assert packed.dtype == np.float32
    assert packed.shape == (layout.size,)
    for name, value in expected.items():
        np.testing.assert_allclose(packed[layout[name]], value, rtol=1e-6, err_msg=name)


def test_gravity_of_a_robot_on_its_left_side() -> None:
    """Rolled by -90 degrees the left side points down, so gravity is along +y of the base."""
    np.testing.assert_allclose(
        values(roll=-np.pi / 2)["projected_gravity_b"], [0, 1, 0], atol=1e-12
    )


def test_a_batch_equals_its_rows() -> None:
    batch = observe(LOCOMOTION_TERMS, values((5, 2)))
    assert batch.shape == (5, 2, observation_layout(LOCOMOTION_TERMS).size)
    np.testing.assert_array_equal(batch[3, 1], observe(LOCOMOTION_TERMS, values()))


def test_stacked_history_takes_its_frames() -> None:
    terms = (replace(LOCOMOTION_TERMS[0], history=2, scale=1.0),)
    packed = observe(terms, {terms[0].name: np.arange(6.0) / 2})
    np.testing.assert_allclose(packed, np.arange(6.0) / 2)


def test_a_missing_term_is_named() -> None:
    raw = values()
    del raw["joint_vel"]
    with pytest.raises(CanterError, match="joint_vel"):
        observe(LOCOMOTION_TERMS, raw)


@pytest.mark.parametrize("shape", [(11,), (2, 12), ()])
def test_a_term_of_the_wrong_shape_is_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(CanterError, match="joint_vel"):
        observe(LOCOMOTION_TERMS, values() | {"joint_vel": np.zeros(shape)})
