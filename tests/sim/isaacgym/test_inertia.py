import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.sim.isaacgym.asset import Inertial, Shape, ShapeKind
from canter.sim.isaacgym.frames import Pose, quat_from_rpy
from canter.sim.isaacgym.inertia import MIN_MASS, merged, of_shapes, placed, repaired

SEEDS = st.integers(0, 10_000)


def of_points(masses: np.ndarray, points: np.ndarray) -> Inertial:
    """Mass properties of point masses by the definition."""
    com = masses @ points / masses.sum()
    inertia = np.zeros((3, 3))
    for mass, r in zip(masses, points - com, strict=True):
        cross = np.array([[0, -r[2], r[1]], [r[2], 0, -r[0]], [-r[1], r[0], 0]])
        inertia -= mass * cross @ cross
    return Inertial(float(masses.sum()), com, inertia)


@given(SEEDS)
def test_merging_parts_equals_the_sum_over_their_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    masses, points = rng.uniform(0.1, 2, 15), rng.normal(size=(15, 3))
    parts = []
    for chosen in (slice(0, 4), slice(4, 9), slice(9, 15)):
        pose = Pose(rng.normal(size=3), quat_from_rpy(rng.uniform(-3, 3, 3)))
        local = (points[chosen] - pose.pos) @ pose.rotation
        parts.append(placed(of_points(masses[chosen], local), pose))
    together, expected = merged(parts), of_points(masses, points)
    assert together.mass == pytest.approx(expected.mass)
    np.testing.assert_allclose(together.com, expected.com, atol=1e-9)
    np.testing.assert_allclose(together.inertia, expected.inertia, atol=1e-9)


@given(SEEDS)
def test_repaired_inertia_is_possible_and_never_falls(seed: int) -> None:
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(3, 3)) * 10.0 ** rng.uniform(-4, 1)
    given_inertia = half + half.T
    fixed, _ = repaired(Inertial(1.0, np.zeros(3), given_inertia))
    a, b, c = np.linalg.eigvalsh(fixed.inertia)
    assert a > 0
    assert a + b >= c
    slack = 1e-9 * np.abs(given_inertia).max()
    assert np.linalg.eigvalsh(fixed.inertia - given_inertia)[0] >= -slack
    again, complaint = repaired(fixed)
    assert complaint is None
    np.testing.assert_allclose(again.inertia, fixed.inertia, rtol=1e-5, atol=slack)


@settings(max_examples=25)
@given(SEEDS)
def test_valid_inertia_is_left_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    valid = of_points(rng.uniform(0.1, 1, 8), rng.normal(size=(8, 3)))
    fixed, complaint = repaired(valid)
    assert complaint is None
    np.testing.assert_allclose(fixed.inertia, valid.inertia, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("inertia", "note"),
    [
        (np.diag([1.0, 1.0, 3.0]), "no body has the principal inertias 1, 1, 3"),
        (np.diag([-1.0, 1.0, 1.0]), "no body has"),
        (np.zeros((3, 3)), None),  # a point
        (np.diag([1.0, 1.0, 2.0]), None),  # a plate
    ],
)
def test_mujoco_compiles_what_was_repaired(inertia: np.ndarray, note: str | None) -> None:
    fixed, complaint = repaired(Inertial(1.0, np.zeros(3), inertia))
    assert complaint is None if note is None else (complaint or "").startswith(note)
    spec = mujoco.MjSpec()
    body = spec.worldbody.add_body(mass=1.0, explicitinertial=True)
    i = fixed.inertia
    body.fullinertia = [i[0, 0], i[1, 1], i[2, 2], i[0, 1], i[0, 2], i[1, 2]]
    body.add_freejoint()
    spec.compile()


def test_a_massless_body_gets_a_trace_of_mass() -> None:
    fixed, complaint = repaired(Inertial(0.0, np.zeros(3), np.zeros((3, 3))))
    assert fixed.mass == MIN_MASS
    assert complaint == "mass 0 kg raised to 1e-06 kg"


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("box", (0.1, 0.2, 0.3)),
        ("sphere", (0.2, 0, 0)),
        ("cylinder", (0.1, 0.3, 0)),
        ("capsule", (0.1, 0.3, 0)),
    ],
)
def test_solids_weigh_what_mujoco_says(kind: ShapeKind, size: tuple[float, ...]) -> None:
    quat = quat_from_rpy([0.3, -0.4, 0.5])
    pair = [
        Shape(kind, np.array([0.1, 0.2, 0.3]), quat, np.array(size)),
        Shape(kind, np.zeros(3), np.array([1.0, 0, 0, 0]), np.array(size)),
    ]
    ours = of_shapes(pair, 800.0)
    spec = mujoco.MjSpec()
    body = spec.worldbody.add_body()
    for shape in pair:
        geom_type = getattr(mujoco.mjtGeom, f"mjGEOM_{kind.upper()}")
        body.add_geom(type=geom_type, pos=shape.pos, quat=shape.quat, size=size, density=800)
    model = spec.compile()
    assert ours.mass == pytest.approx(model.body_mass[1])
    np.testing.assert_allclose(ours.com, model.body_ipos[1], atol=1e-12)
    frame = Pose(np.zeros(3), model.body_iquat[1]).rotation
    expected = frame @ np.diag(model.body_inertia[1]) @ frame.T
    np.testing.assert_allclose(ours.inertia, expected, atol=1e-9)


@given(st.tuples(*[st.floats(-3, 3)] * 3))
def test_rpy_is_about_fixed_axes_x_then_y_then_z(rpy: tuple[float, float, float]) -> None:
    cosines, sines = np.cos(rpy), np.sin(rpy)
    about_x = np.array([[1, 0, 0], [0, cosines[0], -sines[0]], [0, sines[0], cosines[0]]])
    about_y = np.array([[cosines[1], 0, sines[1]], [0, 1, 0], [-sines[1], 0, cosines[1]]])
    about_z = np.array([[cosines[2], -sines[2], 0], [sines[2], cosines[2], 0], [0, 0, 1]])
    rotation = Pose(np.zeros(3), quat_from_rpy(rpy)).rotation
    np.testing.assert_allclose(rotation, about_z @ about_y @ about_x, atol=1e-12)
