import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canter.sim.isaacgym import gymapi
from canter.sim.isaacgym.simulation import body_properties_of

GYM = gymapi.acquire_gym()
ZERO = gymapi.Vec3()


def empty_sim(count: int) -> tuple[gymapi.Sim, list[gymapi.Env]]:
    sim = GYM.create_sim(0, -1)
    return sim, [GYM.create_env(sim, ZERO, ZERO, 1) for _ in range(count)]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12))
def test_places_in_the_simulation_count_what_lies_before(steps: list[tuple[int, bool]]) -> None:
    """Actors are added to four environments in any order, and the places asked for in between."""
    sim, envs = empty_sim(4)
    box = GYM.create_box(sim, 1, 1, 1)
    numbers = [0, 0, 0, 0]
    for index, ask in steps:
        GYM.create_actor(envs[index], box, gymapi.Transform())
        numbers[index] += 1
        if ask:
            expected = sum(numbers[:index])
            assert GYM.get_actor_index(envs[index], 0, gymapi.DOMAIN_SIM) == expected
            assert GYM.get_actor_rigid_body_index(envs[index], 0, 0, gymapi.DOMAIN_SIM) == expected
    assert GYM.get_sim_actor_count(sim) == GYM.get_sim_rigid_body_count(sim) == len(steps)
    assert GYM.get_sim_dof_count(sim) == 0


def test_actors_of_one_asset_do_not_share_what_is_changed() -> None:
    sim, envs = empty_sim(3)
    box = GYM.create_box(sim, 1, 1, 1)
    for env in envs:
        GYM.create_actor(env, box, gymapi.Transform())
    GYM.get_actor_rigid_body_properties(envs[0], 0)[0].mass = 5.0  # a copy: changes nothing
    heavy = GYM.get_actor_rigid_body_properties(envs[1], 0)
    heavy[0].mass = 2000.0
    GYM.set_actor_rigid_body_properties(envs[1], 0, heavy, recomputeInertia=True)
    heavy[0].mass = 1.0  # the actor keeps what was set
    slippery = GYM.get_actor_rigid_shape_properties(envs[1], 0)
    slippery[0].friction = 0.25
    GYM.set_actor_rigid_shape_properties(envs[1], 0, slippery)

    bodies = [GYM.get_actor_rigid_body_properties(env, 0)[0] for env in envs]
    assert [body.mass for body in bodies] == [1000.0, 2000.0, 1000.0]
    assert bodies[1].inertia == gymapi.Mat33.from_array(2 * bodies[0].inertia.array())
    shapes = [GYM.get_actor_rigid_shape_properties(env, 0)[0].friction for env in envs]
    assert shapes == [1.0, 0.25, 1.0]
    assert body_properties_of(box)[0].mass == 1000.0


def test_properties_of_an_asset_are_copies() -> None:
    sim, _ = empty_sim(0)
    box = GYM.create_box(sim, 1, 1, 1)
    before = box.dof_properties()
    assert box.dof_properties() is not before
    assert before.shape == (0,)
    GYM.get_asset_rigid_shape_properties(box)[0].friction = 0.5
    assert GYM.get_asset_rigid_shape_properties(box)[0].friction == 1.0


def test_recomputed_inertia_ignores_what_was_written() -> None:
    sim, envs = empty_sim(1)
    GYM.create_actor(envs[0], GYM.create_box(sim, 1, 1, 1), gymapi.Transform())
    props = GYM.get_actor_rigid_body_properties(envs[0], 0)
    own = props[0].inertia.copy()
    props[0].inertia = gymapi.Mat33.from_array(np.eye(3))
    GYM.set_actor_rigid_body_properties(envs[0], 0, props, recomputeInertia=True)
    assert GYM.get_actor_rigid_body_properties(envs[0], 0)[0].inertia == own
