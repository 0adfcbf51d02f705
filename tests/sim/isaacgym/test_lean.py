import copy
import gc

import mujoco
import numpy as np
import pytest

from canter.sim.isaacgym import lean
from canter.sim.isaacgym.asset import Asset, Inertial, Shape, single_body
from canter.sim.isaacgym.lean import LeanCopier
from canter.sim.isaacgym.models import ModelPool
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.structs import AssetOptions
from canter.sim.isaacgym.world import WorldParams, build_world
from tests.sim.isaacgym.engine_worlds import FLOOR, UPRIGHT, ball, placed


def stones(count: int = 3) -> mujoco.MjModel:
    """Return rough stones, 400 random points on a ball each, that fall onto each other."""
    spec = mujoco.MjSpec()
    points = np.random.default_rng(0).normal(size=(count, 400, 3))
    points *= 0.1 / np.linalg.norm(points, axis=-1, keepdims=True)
    spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[1, 1, 1])
    for i in range(count):
        spec.add_mesh(name=f"stone{i}", uservert=points[i].ravel().tolist())
        body = spec.worldbody.add_body(pos=[0.03 * i, 0.02 * i, 0.15 + 0.25 * i])
        body.add_freejoint()
        body.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=f"stone{i}")
    return spec.compile()


def fallen(model: mujoco.MjModel) -> np.ndarray:
    data = mujoco.MjData(model)
    for _ in range(150):
        mujoco.mj_step(model, data)
    assert data.ncon > 0
    return np.array(data.qpos)


def test_copies_with_shared_meshes_fall_as_whole_ones_do() -> None:
    model = stones()
    wanted = fallen(copy.copy(model))
    copier = LeanCopier(model)
    copies = [copier.copy() for _ in range(2)]
    copies[1].body_mass[:] *= 2
    mujoco.mj_setConst(copies[1], mujoco.MjData(model))
    del copier
    np.testing.assert_array_equal(fallen(copies[0]), wanted)
    np.testing.assert_array_equal(fallen(model), wanted)
    assert model.body_mass[1] * 2 == pytest.approx(copies[1].body_mass[1])


def test_copies_are_small_and_keep_the_original() -> None:
    model = stones()
    wanted = fallen(model)
    copier = LeanCopier(model)
    made = copier.copy()
    assert made.nbuffer == model.nbuffer - copier.shared
    assert copier.shared > model.mesh_vert.nbytes + model.mesh_graph.nbytes + model.bvh_aabb.nbytes
    assert made.nbuffer < 0.2 * model.nbuffer
    assert made.nmeshvert == model.nmeshvert == 1200
    del model, copier
    gc.collect()
    np.testing.assert_array_equal(fallen(made), wanted)


def test_a_model_without_meshes_is_copied_whole() -> None:
    world = build_world([placed(ball())], FLOOR, WorldParams(0.005))
    copier = LeanCopier(world.model)
    assert copier.shared == 0
    assert copier.copy().nbuffer == world.model.nbuffer


def test_an_unknown_struct_is_copied_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lean, "SIZES", (("nmeshvert", "nbvh"), ("nbuffer",)))
    model = stones(1)
    copier = LeanCopier(model)
    assert copier.shared == 0
    np.testing.assert_array_equal(fallen(copier.copy()), fallen(model))


def stone_asset(rings: int = 12, around: int = 16) -> Asset:
    """Return a round stone, 0.1 m in radius, that collides as a mesh of rings of triangles."""
    polar, azimuth = np.meshgrid(
        np.linspace(0, np.pi, rings + 2)[1:-1],
        np.linspace(0, 2 * np.pi, around, endpoint=False),
        indexing="ij",
    )
    sine = np.sin(polar)
    ball = np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), np.cos(polar)], axis=-1)
    points = 0.1 * np.concatenate([ball.reshape(-1, 3), [[0, 0, 1]], [[0, 0, -1]]])
    top, bottom = rings * around, rings * around + 1
    faces = []
    for i in range(around):
        right = (i + 1) % around
        faces.append((top, i, right))
        faces.append((bottom, top - around + right, top - around + i))
        for ring in range(0, (rings - 1) * around, around):
            faces.append((ring + i, ring + around + i, ring + right))
            faces.append((ring + right, ring + around + i, ring + around + right))
    shape = Shape("mesh", np.zeros(3), UPRIGHT, np.zeros(3), points, np.array(faces, np.int32))
    inertial = Inertial(1.0, np.zeros(3), 0.004 * np.eye(3))
    return single_body("stone", inertial, [shape], AssetOptions())


def test_environments_share_the_meshes_of_their_world() -> None:
    world = build_world([placed(stone_asset(), pos=(0, 0, 0.3))], FLOOR, WorldParams(0.005))
    parameters = Parameters(world, 3)
    parameters.body_mass[:, 0] = [1.0, 2.0, 3.0]
    models = ModelPool(world, parameters).models
    assert len(set(map(id, models))) == 3
    assert max(model.nbuffer for model in models) < 0.2 * world.model.nbuffer
    for model, mass in zip(models, (1.0, 2.0, 3.0), strict=True):
        data = mujoco.MjData(model)
        data.qpos[2] = 0.3
        for _ in range(600):
            mujoco.mj_step(model, data)
        assert data.qpos[2] == pytest.approx(0.1, abs=0.01)
        assert data.qfrc_constraint[2] == pytest.approx(mass * 9.81, rel=0.1)  # it still rocks
