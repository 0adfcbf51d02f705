import mujoco
import numpy as np
import pytest

from canter.sim.isaacgym.kinematics import BodyStates
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.physics import Physics
from canter.sim.isaacgym.world import WorldParams, build_world
from tests.sim.isaacgym.engine_worlds import ball, placed, random_state, tree

COUNT = 3


@pytest.mark.parametrize("point", ["origin", "com"])
def test_states_are_those_of_mujoco(point: str) -> None:
    actors = [placed(tree()), placed(ball(), "ball"), placed(tree(fixed=True), "fixed", (1, 2, 3))]
    world = build_world(actors, None, WorldParams(0.005))
    parameters = Parameters(world, COUNT)
    parameters.body_com += np.random.default_rng(0).normal(size=parameters.body_com.shape) / 10
    parameters.root_pos[1, 2] = [4, 5, 6]
    parameters.root_quat[2, 2] = [0, 0.6, 0, 0.8]
    qpos, qvel = random_state(world, COUNT, seed=1)
    models = Physics(world, parameters, threads=1).models
    states = BodyStates(world, parameters, point)(qpos, qvel)  # type: ignore[arg-type]
    kind = mujoco.mjtObj.mjOBJ_XBODY if point == "origin" else mujoco.mjtObj.mjOBJ_BODY
    for env, model in enumerate(models):
        data = mujoco.MjData(model)
        data.qpos, data.qvel = qpos[env], qvel[env]
        mujoco.mj_forward(model, data)
        np.testing.assert_allclose(states.pos[env], data.xpos[world.body_ids], atol=1e-12)
        quat = data.xquat[world.body_ids]
        sign = np.sign((states.quat[env] * quat).sum(axis=1, keepdims=True))
        np.testing.assert_allclose(states.quat[env] * sign, quat, atol=1e-12)
        for body, index in enumerate(world.body_ids):
            twist = np.zeros(6)
            mujoco.mj_objectVelocity(model, data, kind, index, twist, 0)
            np.testing.assert_allclose(states.ang_vel[env, body], twist[:3], atol=1e-12)
            np.testing.assert_allclose(states.lin_vel[env, body], twist[3:], atol=1e-12)


def test_centres_of_mass_are_those_of_mujoco() -> None:
    world = build_world([placed(tree())], None, WorldParams(0.005))
    parameters = Parameters(world, 1)
    qpos, _ = random_state(world, 1, seed=2)
    data = mujoco.MjData(model := Physics(world, parameters, threads=1).models[0])
    data.qpos = qpos[0]
    mujoco.mj_forward(model, data)
    com = BodyStates(world, parameters).com(qpos)
    np.testing.assert_allclose(com[0], data.xipos[world.body_ids], atol=1e-12)
