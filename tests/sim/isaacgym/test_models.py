import dataclasses
import gc
import math

import mujoco
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from canter.sim.isaacgym.asset import Asset, Inertial
from canter.sim.isaacgym.model_fields import principal_axes, restitution_solref
from canter.sim.isaacgym.models import ModelPool
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.world import World, WorldParams, build_world
from tests.sim.isaacgym.engine_worlds import FLOOR, ball, placed, random_state, tree


def acceleration(model: mujoco.MjModel, world: World) -> np.ndarray:
    data = mujoco.MjData(model)
    (data.qpos,), (data.qvel,) = random_state(world, 1, seed=3)
    mujoco.mj_forward(model, data)
    return np.array(data.qacc)


def heavier(asset: Asset) -> Asset:
    """Return the asset with other masses, centres and inertias."""
    bodies = [
        dataclasses.replace(
            body,
            inertial=Inertial(
                body.inertial.mass * (1.5 + index),
                body.inertial.com + np.array([0.1, 0.05, -0.2]),
                body.inertial.inertia * 2,
            ),
        )
        for index, body in enumerate(asset.bodies)
    ]
    return dataclasses.replace(asset, bodies=tuple(bodies))


@pytest.mark.parametrize("asset", [tree(), tree(fixed=True), ball()])
def test_patched_parameters_give_the_accelerations_of_a_compiled_model(asset: Asset) -> None:
    wanted = build_world([placed(heavier(asset))], None, WorldParams(0.005))
    world = build_world([placed(asset)], None, WorldParams(0.005))
    parameters = Parameters(world, 2)
    other = Parameters(wanted, 1)
    for name in ("body_mass", "body_com", "body_inertia"):
        getattr(parameters, name)[1] = getattr(other, name)[0]
    pool = ModelPool(world, parameters)
    # The compiled models' centres of mass are shifted by 1e-6 m.
    np.testing.assert_allclose(
        acceleration(pool.models[1], world),
        acceleration(wanted.model, wanted),
        rtol=2e-3,
        atol=1e-9,
    )
    assert not np.allclose(acceleration(pool.models[0], world), acceleration(pool.models[1], world))


def test_equal_environments_share_a_model_and_others_do_not() -> None:
    world = build_world([placed(tree())], FLOOR, WorldParams(0.005))
    parameters = Parameters(world, 4)
    parameters.shape_friction[2] = 0.3
    pool = ModelPool(world, parameters)
    assert pool.models[0] is pool.models[1] is pool.models[3]
    assert pool.models[2] is not pool.models[0]
    parameters.shape_friction[2] = 1.0
    pool.update([2])
    assert pool.models[2] is pool.models[0]


def test_start_poses_of_free_actors_do_not_keep_models_apart() -> None:
    world = build_world([placed(tree())], FLOOR, WorldParams(0.005))
    parameters = Parameters(world, 2)
    parameters.root_pos[1] += 5
    parameters.ground_offset[1] = [3, 4, 0]
    pool = ModelPool(world, parameters)
    assert pool.models[0] is pool.models[1]


def test_a_model_that_borrows_steps_like_one_that_does_not() -> None:
    world = build_world([placed(tree(), pos=(0, 0, 0.1))], FLOOR, WorldParams(0.005))
    parameters = Parameters(world, 3)
    parameters.body_mass[1, 0] = 7.0
    parameters.body_mass[2, 0] = 6.0
    borrower = ModelPool(world, parameters).models[1]
    gc.collect()
    alone = Parameters(world, 1)
    alone.body_mass[0, 0] = 7.0
    lender = ModelPool(world, alone).models[0]
    states = []
    for model in (borrower, lender):
        data = mujoco.MjData(model)
        (data.qpos,), _ = random_state(world, 1, seed=4)
        for _ in range(50):
            mujoco.mj_step(model, data)
        states.append(data.qpos.copy())
    np.testing.assert_array_equal(states[0], states[1])


def test_friction_with_the_ground_is_the_mean() -> None:
    world = build_world(
        [placed(ball())], dataclasses.replace(FLOOR, friction=0.4), WorldParams(0.005)
    )
    parameters = Parameters(world, 1)
    parameters.shape_friction[:] = 1.0
    model = ModelPool(world, parameters).models[0]
    assert model.geom_friction[world.geom_ids[0], 0] == pytest.approx(0.7)
    assert model.geom_priority[world.geom_ids[0]] > model.geom_priority[world.ground_geom]


@given(st.floats(0.05, 1.0))
def test_restitution_is_that_of_a_damped_spring(restitution: float) -> None:
    constant, ratio = restitution_solref(np.array(restitution), 0.005)
    if restitution == 1.0:
        assert ratio == pytest.approx(1e-3)
        return
    returned = math.exp(-math.pi * ratio / math.sqrt(1 - ratio**2))
    assert returned == pytest.approx(max(restitution, 1e-3), abs=4e-3)
    assert constant * ratio == pytest.approx(0.01)  # the natural frequency stays


def test_without_restitution_contacts_are_critically_damped() -> None:
    np.testing.assert_allclose(restitution_solref(np.zeros(2), 0.005), [[0.01, 1.0]] * 2)


@given(hnp.arrays(float, (3, 3), elements=st.floats(-1, 1)))
def test_principal_axes_rebuild_the_inertia(root: np.ndarray) -> None:
    inertia = root @ root.T + 0.1 * np.eye(3)
    moments, quat = principal_axes(inertia[None])
    flat = np.zeros(9)
    mujoco.mju_quat2Mat(flat, quat[0])
    axes = flat.reshape(3, 3)
    np.testing.assert_allclose(axes @ np.diag(moments[0]) @ axes.T, inertia, atol=1e-9)
