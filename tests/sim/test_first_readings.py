"""Before its first step every robot of every task, in either engine, feels its weight."""

import numpy as np
import pytest

from canter.control.robot import DEFAULT_ROBOT
from canter.sim.locomotion_env import PRIVILEGED, LocomotionEnv
from canter.sim.scene_env import Engine, SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task

G = 9.81
MASS = DEFAULT_ROBOT.mass


@pytest.mark.parametrize("name", task_names())
@pytest.mark.parametrize("engine", ["mujoco", "bullet"])
def test_a_scene_begins_at_rest(name: str, engine: Engine) -> None:
    if engine == "bullet":
        pytest.importorskip("pybullet", reason="extra [transfer]")
        if name != "go_to":
            pytest.skip("Bullet holds scenes of go_to alone")
    scenes = [task(name).sample(SceneRequest(seed)) for seed in (1, 2)]
    with SceneEnv(scenes, engine=engine) as env:
        for _ in range(2):
            state, truth = env.states(), env.truth()
            np.testing.assert_allclose(np.linalg.norm(state.accel, axis=-1), G, atol=0.02)
            assert state.foot_contact.all()
            assert (truth.foot_force.sum(axis=-1) > 0.98 * MASS * G).all()  # and a ball, perhaps
            assert np.abs(state.tau).max() > 1.0
            env.reset()


def test_the_critic_of_a_training_is_told_of_feet_on_the_ground_from_the_start() -> None:
    env = LocomotionEnv(32, threads=1)
    privileged = env.observe()[:, env.layout["privileged"]]
    contacts = PRIVILEGED.unpack(privileged)["foot_contact"]
    assert np.mean(contacts.any(axis=-1)) > 0.9  # joints are spread: some feet are in the air
    env.close()
