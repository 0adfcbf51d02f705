"""Oracle: MuJoCo's own quaternion functions, which are wxyz and in float64."""

import mujoco
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym import torch_rotations as rot
from canter.sim.isaacgym.torch_utils import quat_from_euler_xyz, quat_mul, quat_rotate

Float = NDArray[np.float64]

QUATS = (
    arrays(np.float64, 4, elements=st.floats(-3, 3))
    .filter(lambda q: np.linalg.norm(q) > 0.1)
    .map(lambda q: q / np.linalg.norm(q))
)
FRACTIONS = st.floats(0, 1)


def xyzw(quat: Float) -> torch.Tensor:
    return torch.tensor(np.roll(quat, -1))[None]


def close(actual: ArrayLike, expected: ArrayLike, atol: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(actual).squeeze(), np.asarray(expected), atol=atol)


def turn_between(a: Float, b: Float) -> float:
    """Return the angle of the turn between wxyz unit quaternions, rad."""
    velocity = np.zeros(3)
    mujoco.mju_subQuat(velocity, a, b)
    return float(np.linalg.norm(velocity))


@given(QUATS)
def test_matrices_and_axes(quat: Float) -> None:
    entries = np.zeros(9)
    mujoco.mju_quat2Mat(entries, quat)
    matrix = entries.reshape(3, 3)
    close(rot.quaternion_to_matrix(torch.tensor(3 * quat)), matrix)
    back = rot.matrix_to_quaternion(torch.tensor(matrix)).numpy()
    assert turn_between(back, quat) == pytest.approx(0, abs=1e-6)
    for axis in range(3):
        close(rot.quat_axis(xyzw(quat), axis), matrix[:, axis])
    close(rot.quat_to_tan_norm(xyzw(quat)), np.concatenate([matrix[:, 0], matrix[:, 2]]))
    if np.hypot(*matrix[:2, 0]) > 1e-6:
        heading = rot.calc_heading(xyzw(quat)).numpy()
        away = heading - np.arctan2(matrix[1, 0], matrix[0, 0])  # half a turn has two signs
        assert np.sin(away) == pytest.approx(0, abs=1e-9)
        assert np.cos(away) > 0


@given(QUATS)
def test_exponential_map(quat: Float) -> None:
    vector = rot.quat_to_exp_map(xyzw(quat))
    expected = np.zeros(3)
    mujoco.mju_quat2Vel(expected, quat, 1.0)
    if np.pi - np.linalg.norm(expected) > 1e-6:  # at half a turn both signs are right
        close(vector, expected, atol=3e-5)
    back = np.roll(rot.exp_map_to_quat(vector).numpy().squeeze(), 1)
    assert turn_between(back, quat) == pytest.approx(0, abs=3e-5)


@given(QUATS, QUATS)
def test_angle_between(a: Float, b: Float) -> None:
    """The arcsine loses half the digits at half a turn."""
    assert rot.quat_diff_rad(xyzw(a), xyzw(b)).item() == pytest.approx(turn_between(a, b), abs=1e-6)


@given(QUATS, QUATS, FRACTIONS)
def test_slerp_turns_at_an_even_pace_along_the_shorter_way(
    a: Float, b: Float, fraction: float
) -> None:
    row = rot.slerp(xyzw(a), xyzw(b), torch.full((1, 1), fraction, dtype=torch.float64))
    between = np.roll(row.numpy().squeeze(), 1)
    whole = turn_between(a, b)
    assert turn_between(between, a) == pytest.approx(fraction * whole, abs=1e-6)
    assert turn_between(between, b) == pytest.approx((1 - fraction) * whole, abs=1e-6)


def test_no_turn_is_about_z() -> None:
    angle, axis = rot.quat_to_angle_axis(torch.tensor([[0.0, 0.0, 0.0, 1.0]]))
    assert angle.tolist() == [0]
    assert axis.tolist() == [[0, 0, 1]]
    angle, axis = rot.exp_map_to_angle_axis(torch.zeros(1, 3))
    assert angle.tolist() == [0]
    assert axis.tolist() == [[0, 0, 1]]


def test_a_rotation_vector_longer_than_half_a_turn() -> None:
    angle, axis = rot.exp_map_to_angle_axis(torch.tensor([[0.0, 4.0, 0.0]]))
    assert angle.item() == pytest.approx(4 - 2 * np.pi)
    assert axis.tolist() == [[0, 1, 0]]
    close(
        rot.exp_map_to_quat(torch.tensor([[0.0, 4.0, 0.0]])).abs(),
        [0, np.sin(2), 0, -np.cos(2)],
        1e-6,
    )


def test_heading_of_a_pitched_robot() -> None:
    yaw = torch.tensor([0.7])
    quat = quat_from_euler_xyz(torch.tensor([0.0]), torch.tensor([0.4]), yaw)
    close(rot.calc_heading(quat), 0.7, atol=1e-6)
    level = quat_mul(rot.calc_heading_quat_inv(quat), quat)
    close(rot.calc_heading(level), 0, atol=1e-6)
    close(quat_mul(rot.calc_heading_quat(quat), level), quat.squeeze(), atol=1e-6)
    about_z = rot.euler_xyz_to_exp_map(0 * yaw, 0 * yaw, yaw)
    close(about_z, [0, 0, 0.7], atol=1e-6)


def test_torso_that_looks_to_the_side() -> None:
    """Turned left by 90 degrees: its target, ahead of the start, is at its right."""
    left = quat_from_euler_xyz(*torch.tensor([[0.0], [0.0], [np.pi / 2]]))
    start = torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    forward, up = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, 0.0, 1.0]])
    _, height, toward, up_now, heading = rot.compute_heading_and_up(
        left, start, 5 * forward, forward, up, 2
    )
    close(height, 1, atol=1e-6)
    close(toward, 0, atol=1e-6)
    close(up_now, [0, 0, 1], atol=1e-6)
    close(heading, [0, 1, 0], atol=1e-6)
    linear, angular, *_, yaw, angle = rot.compute_rot(left, forward, up, forward, 0 * forward)
    close(linear, [0, -1, 0], atol=1e-6)
    close(angular, [0, 0, 1], atol=1e-6)
    close([yaw, angle], [np.pi / 2, -np.pi / 2], atol=1e-6)


def test_poses() -> None:
    pose = torch.tensor([[1.0, 2.0, 3.0, 0.0, 0.0, 2.0, 2.0]])
    pose = rot.normalise_quat_in_pose(pose)
    assert pose[:, 3:].norm().item() == pytest.approx(1)
    point = torch.tensor([[1.0, 0.0, 0.0]])
    close(rot.local_to_world_space(point, pose), [1, 3, 3], atol=1e-6)
    close(quat_rotate(pose[:, 3:], point), [0, 1, 0], atol=1e-6)


@given(st.floats(-5, 5), st.floats(-2, 0), st.floats(1, 2))
def test_scaling_of_limits(x: float, lower: float, upper: float) -> None:
    limits = torch.tensor([lower, upper], dtype=torch.float64)
    unit = rot.scale_transform(torch.tensor(x, dtype=torch.float64), *limits)
    close(unit, 2 * (x - lower) / (upper - lower) - 1)
    close(rot.unscale_transform(unit, *limits), x)
    close(rot.saturate(torch.tensor(x, dtype=torch.float64), *limits), min(max(x, lower), upper))
