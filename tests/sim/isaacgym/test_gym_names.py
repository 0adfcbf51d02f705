"""Names and indices of actors, bodies and degrees of freedom in their three domains."""

from pathlib import Path

import pytest

from canter.sim.isaacgym import gymapi
from canter.sim.isaacgym.errors import GymError, UnsupportedError
from tests.sim.isaacgym.scenes import ARM, Scene, options, scene, urdf_asset


@pytest.fixture
def pairs(tmp_path: Path) -> Scene:
    """Two environments of a ball and an arm each."""
    made = scene(lambda gym, sim: gym.create_sphere(sim, 0.1), count=2, prepare=False)
    arm = urdf_asset(tmp_path, ARM, made.sim, options())
    for env in made.envs:
        made.gym.create_actor(env, arm, gymapi.Transform(gymapi.Vec3(1, 0, 1)), "arm", 0, 0)
    made.gym.prepare_sim(made.sim)
    return made


def test_bodies(pairs: Scene) -> None:
    gym, env = pairs.gym, pairs.envs[1]
    assert gym.find_actor_handle(env, "arm") == 1
    assert gym.find_actor_rigid_body_handle(env, 1, "upper") == 2
    assert gym.find_actor_rigid_body_handle(env, 1, "none") == -1
    places = [
        gym.find_actor_rigid_body_index(env, 1, "lower", domain)
        for domain in (gymapi.DOMAIN_ACTOR, gymapi.DOMAIN_ENV, gymapi.DOMAIN_SIM)
    ]
    assert places == [2, 3, 7]
    assert gym.get_actor_root_rigid_body_handle(env, 1) == 1
    assert gym.get_sim_rigid_body_count(pairs.sim) == 8


def test_degrees_of_freedom(pairs: Scene) -> None:
    gym, env = pairs.gym, pairs.envs[1]
    assert gym.get_actor_dof_names(env, 1) == ["shoulder", "elbow"]
    assert gym.find_actor_dof_handle(env, 1, "elbow") == 1
    assert gym.find_actor_dof_index(env, 1, "elbow", gymapi.DOMAIN_SIM) == 3
    assert gym.get_sim_dof_count(pairs.sim) == 4


def test_actors(pairs: Scene) -> None:
    assert pairs.gym.get_actor_index(pairs.envs[1], 1, gymapi.DOMAIN_SIM) == 3
    assert pairs.tensor("actor_root_state")[3, :3].tolist() == [1, 0, 1]


def test_environments_lie_on_a_grid() -> None:
    gym = gymapi.acquire_gym()
    sim = gym.create_sim()
    size = gymapi.Vec3(2.0, 2.0, 2.0)
    envs = [gym.create_env(sim, -size, size, 2) for _ in range(3)]
    origins = [gym.get_env_origin(env) for env in envs]
    assert [(o.x, o.y) for o in origins] == [(0, 0), (4, 0), (0, 4)]


def test_unlike_environments_are_refused() -> None:
    gym = gymapi.acquire_gym()
    sim = gym.create_sim()
    for radius in (0.1, 0.2):
        env = gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1)
        gym.create_actor(env, gym.create_sphere(sim, radius), gymapi.Transform(), "ball", 0, 0)
    with pytest.raises(UnsupportedError, match="environment 1 holds other actors"):
        gym.prepare_sim(sim)


def test_an_empty_simulation_is_refused() -> None:
    gym = gymapi.acquire_gym()
    with pytest.raises(GymError, match="there is no environment"):
        gym.prepare_sim(gym.create_sim())


def test_adding_after_prepare_sim_is_refused(pairs: Scene) -> None:
    with pytest.raises(GymError, match="create_env after prepare_sim"):
        pairs.gym.create_env(pairs.sim, gymapi.Vec3(), gymapi.Vec3(), 1)


def test_unknown_calls_and_symbols_are_named() -> None:
    gym = gymapi.acquire_gym()
    with pytest.raises(NotImplementedError, match="create_cloth_grid"):
        gym.create_cloth_grid()
    with pytest.raises(NotImplementedError, match="SIM_BULLET"):
        _ = gymapi.SIM_BULLET
    with pytest.raises(NotImplementedError, match="SIM_FLEX"):
        gym.create_sim(0, 0, gymapi.SIM_FLEX)
