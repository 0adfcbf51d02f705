"""Oracle: MuJoCo's own quaternion functions, which are wxyz and in float64."""

from types import ModuleType

import mujoco
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym import torch_rotations, torch_utils

Float = NDArray[np.float64]

FLOATS = st.floats(-3, 3)
VECTORS = arrays(np.float64, 3, elements=FLOATS)
QUATS = arrays(np.float64, 4, elements=FLOATS).filter(lambda q: np.linalg.norm(q) > 0.1)
ANGLES = st.floats(-np.pi, np.pi)


def xyzw(quat: Float) -> torch.Tensor:
    """Return a unit quaternion as a row (1, 4), from MuJoCo's order."""
    unit = quat / np.linalg.norm(quat)
    return torch.tensor(np.roll(unit, -1))[None]


def row(vector: Float) -> torch.Tensor:
    return torch.tensor(vector)[None]


def rotated(quat: Float, vector: Float) -> Float:
    result = np.zeros(3)
    mujoco.mju_rotVecQuat(result, vector, quat / np.linalg.norm(quat))
    return result


def close(actual: ArrayLike, expected: ArrayLike) -> None:
    np.testing.assert_allclose(np.asarray(actual).squeeze(), np.asarray(expected), atol=1e-9)


@given(QUATS, QUATS)
def test_products(a: Float, b: Float) -> None:
    expected = np.zeros(4)
    mujoco.mju_mulQuat(expected, a / np.linalg.norm(a), b / np.linalg.norm(b))
    close(torch_utils.quat_mul(xyzw(a), xyzw(b)), np.roll(expected, -1))


@given(QUATS, VECTORS)
def test_rotations(quat: Float, vector: Float) -> None:
    q, v = xyzw(quat), row(vector)
    expected = rotated(quat, vector)
    turns = (torch_utils.quat_rotate, torch_utils.quat_apply, torch_utils.tf_vector)
    for turn in (*turns, torch_utils.get_basis_vector):
        close(turn(q, v), expected)
    close(torch_utils.quat_rotate_inverse(q, row(expected)), vector)
    close(torch_utils.quat_apply(torch_utils.quat_conjugate(q), row(expected)), vector)


@given(QUATS, VECTORS, QUATS, VECTORS, VECTORS)
def test_transforms(q1: Float, t1: Float, q2: Float, t2: Float, point: Float) -> None:
    first, second = (xyzw(q2), row(t2)), (xyzw(q1), row(t1))
    both = torch_utils.tf_combine(*second, *first)
    expected = rotated(q1, rotated(q2, point) + t2) + t1
    close(torch_utils.tf_apply(*both, row(point)), expected)
    back = torch_utils.tf_inverse(*both)
    close(torch_utils.tf_apply(*back, row(expected)), point)


@given(VECTORS.filter(lambda v: np.linalg.norm(v) > 0.1), ANGLES)
def test_angle_and_axis(axis: Float, angle: float) -> None:
    expected = np.zeros(4)
    mujoco.mju_axisAngle2Quat(expected, axis / np.linalg.norm(axis), angle)
    quat = torch_utils.quat_from_angle_axis(torch.tensor([angle], dtype=torch.float64), row(axis))
    close(quat, np.roll(expected, -1))


@given(ANGLES, st.floats(-1.5, 1.5), ANGLES)
def test_euler_angles_go_there_and_back(roll: float, pitch: float, yaw: float) -> None:
    angles = [torch.tensor([angle], dtype=torch.float64) for angle in (roll, pitch, yaw)]
    quat = torch_utils.quat_from_euler_xyz(*angles)
    expected = np.zeros(4)
    mujoco.mju_euler2Quat(expected, np.array([roll, pitch, yaw]), "XYZ")
    close(quat, np.roll(expected, -1))
    for back, angle in zip(torch_utils.get_euler_xyz(quat), angles, strict=True):
        assert 0 <= back.item() <= 2 * np.pi
        close(torch.sin(back - angle), 0)
        assert torch.cos(back - angle) > 0


def test_pitch_of_a_quarter_turn_is_finite_in_float32() -> None:
    quarter = torch.tensor([0.0, np.pi / 2, 0.0])
    quat = torch_utils.quat_from_euler_xyz(*quarter) * 1.0001
    assert torch_utils.get_euler_xyz(quat)[1].item() == pytest.approx(np.pi / 2)


def test_rotation_of_several_points_a_robot() -> None:
    """Height scans of training code pass (B, 4 M) beside (B, M, 3)."""
    quats = torch_utils.normalize(torch.randn(5, 4))
    points = torch.randn(5, 7, 3)
    together = torch_utils.quat_apply(quats.repeat(1, 7), points)
    for robot in range(5):
        single = torch_utils.quat_rotate(quats[robot].expand(7, 4), points[robot])
        torch.testing.assert_close(together[robot], single)


def test_small_numbers() -> None:
    close(torch_utils.normalize(torch.zeros(1, 3)), np.zeros(3))
    close(torch_utils.quat_unit(torch.tensor([0.0, 0, 0, 2])), [0, 0, 0, 1])
    close(torch_utils.normalize_angle(torch.tensor([1.5, -1.5]) * np.pi), [-np.pi / 2, np.pi / 2])
    close(torch_utils.copysign(-2.0, torch.tensor([3.0, -4.0, 0.0])), [2, -2, 0])
    limits = torch.tensor([0.0, 0.0]), torch.tensor([1.0, 1.0])
    close(torch_utils.tensor_clamp(torch.tensor([-3.0, 0.5]), *limits), [0, 0.5])
    assert torch_utils.get_axis_params(-1.0, 2) == [0.0, 0.0, -1.0]
    assert torch_utils.get_axis_params(5, 1, x_value=2, dtype=int, n_dims=2) == [2, 5]
    with pytest.raises(IndexError, match="axis 3"):
        torch_utils.get_axis_params(1.0, 3)


@given(FLOATS, FLOATS, FLOATS)
def test_scales_are_inverse(x: float, lower: float, upper: float) -> None:
    limits = torch.tensor(lower, dtype=torch.float64), torch.tensor(upper + 7, dtype=torch.float64)
    close(
        torch_utils.unscale(
            torch_utils.scale(torch.tensor(x, dtype=torch.float64), *limits), *limits
        ),
        x,
    )
    close(torch_utils.scale(torch.tensor(-1.0).double(), *limits), limits[0])
    close(torch_utils.scale(torch.tensor(1.0), *limits), limits[1])


def test_random_numbers() -> None:
    drawn = torch_utils.torch_rand_float(-2.0, 3.0, (20_000, 1), device="cpu")
    assert drawn.shape == (20_000, 1)
    assert -2 <= drawn.min() < -1.99
    assert 2.99 < drawn.max() <= 3
    assert drawn.mean() == pytest.approx(0.5, abs=5 * 5 / np.sqrt(12 * 20_000))
    directions = torch_utils.torch_random_dir_2((20_000, 1), device="cpu")
    torch.testing.assert_close(directions.norm(dim=-1), torch.ones(20_000))
    assert directions.mean(dim=0).abs().max() < 5 / np.sqrt(2 * 20_000)


def test_to_torch_copies() -> None:
    source = torch.ones(2)
    copy = torch_utils.to_torch(source, device="cpu", requires_grad=True)
    assert copy.requires_grad
    assert copy.data_ptr() != source.data_ptr()
    assert torch_utils.to_torch([1, 2]).dtype == torch.float32
    assert torch_utils.to_torch(np.arange(3), dtype=torch.long).tolist() == [0, 1, 2]


def test_star_import_brings_what_training_code_expects_and_hides_nothing_else() -> None:
    names: dict[str, object] = {}
    exec("from canter.sim.isaacgym.torch_utils import *", names)
    assert names["np"] is np
    assert names["torch"] is torch
    assert "quat_rotate_inverse" in names
    assert "slerp" not in names
    assert torch_utils.slerp is torch_rotations.slerp
    with pytest.raises(AttributeError, match="quat_rotat"):
        torch_utils.quat_rotat  # noqa: B018  the look-up is the test


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("module", [torch_utils, torch_rotations])
def test_all_but_two_can_be_scripted(module: ModuleType) -> None:
    """User code calls them from functions under ``torch.jit.script``."""
    python_only = {"to_torch", "get_axis_params"}
    functions = {
        name: value
        for name, value in vars(module).items()
        if callable(value) and value.__module__ == module.__name__ and not name.startswith("__")
    }
    for name in functions.keys() - python_only:
        torch.jit.script(functions[name])
    shaken = torch.jit.script(torch_utils.torch_rand_float)(0.0, 1.0, (2, 3), "cpu")
    assert shaken.shape == (2, 3)
