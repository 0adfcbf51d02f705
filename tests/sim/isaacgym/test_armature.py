from collections.abc import Sequence

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.sim.isaacgym.armature import (
    MARGIN,
    armature_floor,
    floor,
    presumed_damping,
)
from canter.sim.isaacgym.errors import GymError

DT = 0.005


def chain(inertias: Sequence[float], mass: float = 1.0, kind: str = "hinge") -> mujoco.MjModel:
    """A heavy free trunk with joints about x one after the other, 0.3 m apart."""
    spec = mujoco.MjSpec()
    spec.option.timestep = DT
    spec.option.gravity = [0, 0, 0]
    body = spec.worldbody.add_body(mass=30.0, inertia=[1, 1, 1], explicitinertial=True)
    body.add_freejoint()
    joint_type = mujoco.mjtJoint.mjJNT_HINGE if kind == "hinge" else mujoco.mjtJoint.mjJNT_SLIDE
    for i, inertia in enumerate(inertias):
        body = body.add_body(pos=[0, 0, -0.3], mass=mass, explicitinertial=True)
        body.ipos, body.inertia = [0, 0, 0], [inertia] * 3
        body.add_joint(name=f"j{i}", type=joint_type, axis=[1, 0, 0])
    return spec.compile()


def speed_after(model: mujoco.MjModel, kd: np.ndarray, steps: int = 100) -> float:
    """Largest joint speed, rad/s, left of 1 rad/s under damping held for each step."""
    data = mujoco.MjData(model)
    data.qvel[6:] = 1.0
    for _ in range(steps):
        data.qfrc_applied[6:] = np.clip(-kd * data.qvel[6:], -1e6, 1e6)
        mujoco.mj_step(model, data)
    return float(np.abs(data.qvel[6:]).max())


def test_a_light_ankle_diverges_without_and_settles_with_the_floor() -> None:
    model, kd = chain([0.00033]), np.array([2.0])
    model.body_mass[2] = 0.05
    assert speed_after(model, kd, 3) > 1e3
    model.dof_armature[6] += floor(model, [6], kd, DT)[0]
    assert speed_after(model, kd) < 1e-3


def test_a_presumed_floor_settles_a_humanoids_ankle() -> None:
    model = chain([0.5, 0.3, 0.00033], mass=0.6)
    found = armature_floor(model, [6, 7, 8], [88.0, 139.0, 50.0], DT)
    kd = np.array([2.0, 4.0, 2.0])
    assert speed_after(model, kd, 3) > 1e2
    model.dof_armature[6:] += found.armature
    assert speed_after(model, kd) < 0.5  # the whole goes on turning: momentum stays
    assert found.armature[:2].tolist() == [0, 0]
    assert len(found.lines) == 1
    assert found.lines[0].startswith("armature of j2: 0.0")


def test_the_floor_of_one_joint_is_the_formula() -> None:
    model = chain([0.001], mass=1e-6)
    model.body_mass[1], model.body_inertia[1] = 1e9, 1e9  # as good as fixed
    added = floor(model, [6], [3.0], DT)
    assert added == pytest.approx(MARGIN * 3.0 * DT / 2 - 0.001, rel=1e-6)
    assert floor(model, [6], [0.1], DT).tolist() == [0]
    assert floor(model, [6], [0.0], DT).tolist() == [0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_all_modes_are_stable_with_the_floor(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 6))
    inertias = 10.0 ** rng.uniform(-4, -1, count)
    model = chain(inertias.tolist(), mass=float(rng.uniform(0.01, 1)))
    kd, dofs = rng.uniform(0, 6, count), np.arange(6, 6 + count)
    added = floor(model, dofs, kd, DT)
    assert (added >= 0).all()
    assert (added <= MARGIN * DT / 2 * kd * (1 + 1e-6) + 1e-12).all()
    model.dof_armature[6:] += added
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    mass = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, mass)
    damping = np.diag(np.concatenate([np.zeros(6), kd]))
    step = np.eye(model.nv) - DT * np.linalg.solve(mass, damping)
    assert np.abs(np.linalg.eigvals(step)).max() <= 1 + 1e-6


def test_stiffness_counts_as_damping_times_half_a_step() -> None:
    kp, kd, inertia = 400.0, 1.0, 1.2 * (1.0 + 400.0 * DT / 2) * DT / 2
    for share, stable in ((1.0, True), (0.8, False)):
        v, q = 1.0, 0.0
        for _ in range(500):  # semi-implicit Euler
            v -= DT * (kp * q + kd * v) / (inertia * share)
            q += DT * v
        assert (abs(v) < 1) == stable


def test_presumed_damping_takes_the_smaller_bound() -> None:
    model = chain([0.01, 0.01])
    scale = 32.0 * np.sqrt(9.81 * 0.3**3)
    efforts = [1.0, np.inf]
    expected = [0.05 * 1.0, 0.05 * scale]
    np.testing.assert_allclose(presumed_damping(model, [6, 7], efforts), expected)


def test_a_slide_counts_as_a_hinge_at_the_limbs_length() -> None:
    model = chain([0.01, 0.01], kind="slide")
    scale = 32.0 * np.sqrt(9.81 / 0.3)
    expected = [0.05 * 10 / 0.3, 0.05 * scale]
    np.testing.assert_allclose(presumed_damping(model, [6, 7], [10.0, np.inf]), expected)


def test_heavy_joints_stay_as_they_are() -> None:
    found = armature_floor(chain([0.05, 0.03]), [6, 7], [80.0, 80.0], DT)
    assert found.armature.tolist() == [0, 0]
    assert found.lines == ()


def test_a_world_without_joints_needs_nothing() -> None:
    assert armature_floor(chain([]), [], [], DT).armature.shape == (0,)
    assert floor(chain([]), [], [], DT).shape == (0,)


def test_impossible_values_are_refused() -> None:
    model = chain([0.01])
    with pytest.raises(GymError, match="damping must be finite"):
        floor(model, [6], [np.nan], DT)
    with pytest.raises(GymError, match="effort limits must not be negative"):
        armature_floor(model, [6], [-1.0], DT)
    with pytest.raises(GymError, match="time step must be above 0"):
        floor(model, [6], [1.0], 0.0)
