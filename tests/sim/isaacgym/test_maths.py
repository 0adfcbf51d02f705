import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.structs import Quat, RigidBodyState, Transform, Vec3

coordinates = st.floats(-3, 3, width=32)
vectors = st.builds(Vec3, coordinates, coordinates, coordinates)
angles = st.floats(-3, 3, width=32)
pitches = st.floats(-1.5, 1.5, width=32)
rotations = st.builds(Quat.from_euler_zyx, angles, pitches, angles)
poses = st.builds(Transform, vectors, rotations)


def close(one: Vec3, other: Vec3) -> bool:
    return bool(np.allclose(one.array(), other.array(), atol=1e-5))


def test_vectors_by_hand() -> None:
    a, b = Vec3(1, 2, 3), Vec3(4, 5, 6)
    assert a + b == Vec3(5, 7, 9)
    assert b - a == Vec3(3, 3, 3)
    assert -a == Vec3(-1, -2, -3)
    assert a * 2 == 2 * a == Vec3(2, 4, 6)
    assert b / 2 == Vec3(2, 2.5, 3)
    assert a.dot(b) == 32
    assert a.cross(b) == Vec3(-3, 6, -3)
    assert Vec3(3, 0, 4).length() == 5
    assert close(Vec3(3, 0, 4).normalize(), Vec3(0.6, 0, 0.8))
    assert Vec3().normalize() == Vec3()


@pytest.mark.parametrize(
    ("angles", "turned"),
    [
        ((math.pi / 2, 0, 0), (1, 0, 0)),  # about x, which stays
        ((0, math.pi / 2, 0), (0, 0, -1)),  # about y: x goes down
        ((0, 0, math.pi / 2), (0, 1, 0)),  # about z: x goes left
        ((0, math.pi / 2, math.pi / 2), (0, 0, -1)),  # pitch first, then yaw about the fixed z
    ],
)
def test_euler_angles_turn_the_x_axis(
    angles: tuple[float, float, float], turned: tuple[float, float, float]
) -> None:
    assert close(Quat.from_euler_zyx(*angles).rotate(Vec3(1, 0, 0)), Vec3(*turned))


def test_an_axis_of_any_length() -> None:
    half = math.sqrt(0.5)
    quat = Quat.from_axis_angle(Vec3(0, 0, 5), math.pi / 2)
    assert np.allclose(quat.array(), [0, 0, half, half])


@given(angles, pitches, angles)
def test_euler_angles_come_back(roll: float, pitch: float, yaw: float) -> None:
    back = Quat.from_euler_zyx(roll, pitch, yaw).to_euler_zyx()
    assert np.allclose(back, (roll, pitch, yaw), atol=2e-5)


@given(rotations, rotations, vectors)
def test_the_product_turns_by_the_right_factor_first(one: Quat, two: Quat, vector: Vec3) -> None:
    assert close((one * two).rotate(vector), one.rotate(two.rotate(vector)))


@given(poses, poses, vectors)
def test_poses_compose_and_invert(one: Transform, two: Transform, point: Vec3) -> None:
    assert close(
        (one * two).transform_point(point), one.transform_point(two.transform_point(point))
    )
    assert close(one.inverse().transform_point(one.transform_point(point)), point)
    assert close(one.transform_vector(point) + one.p, one.transform_point(point))


@given(poses, st.lists(vectors, min_size=1, max_size=4))
def test_points_at_once_are_the_points_one_by_one(pose: Transform, points: list[Vec3]) -> None:
    rows = np.array([point.array() for point in points], np.float32)
    records = rows.view(Vec3.dtype).reshape(-1)
    for many in (pose.transform_points(rows), pose.transform_points(records)):
        assert many.dtype == Vec3.dtype
        assert all(
            close(Vec3.from_buffer(record), pose.transform_point(point))
            for record, point in zip(many, points, strict=True)
        )
    assert close(
        Vec3.from_buffer(pose.transform_vectors(rows)[0]), pose.transform_vector(points[0])
    )


def test_records_become_structs() -> None:
    records = np.zeros(2, RigidBodyState.dtype)
    records["pose"]["r"]["w"] = 1
    records["vel"]["angular"]["y"] = 2
    state = RigidBodyState.from_buffer(records[1])
    assert state.pose == Transform()
    assert state.vel.angular == Vec3(0, 2, 0)
    assert state.array().tolist() == [0] * 6 + [1] + [0] * 4 + [2, 0]
    with pytest.raises(GymError, match="52 bytes; 12 wanted"):
        Vec3.from_buffer(records[1])


def test_wrong_shapes_are_named() -> None:
    with pytest.raises(GymError, match=r"shape \(4, 2\)"):
        Transform().transform_points(np.zeros((4, 2)))
