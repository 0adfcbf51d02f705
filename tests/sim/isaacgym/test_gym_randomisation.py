"""What is set of one environment acts there, in it alone, and reads back right."""

from pathlib import Path

import pytest
import torch

from canter.sim.isaacgym import gymapi, gymtorch
from canter.sim.isaacgym.errors import AssetError, GymError
from tests.sim.isaacgym.scenes import (
    ARM,
    G,
    Scene,
    ground,
    options,
    scene,
    sim_params,
    urdf_asset,
)


@pytest.fixture(params=[False, True], ids=["before", "after prepare_sim"])
def boxes(request: pytest.FixtureRequest) -> Scene:
    """Two boxes of 8 kg that rest on the ground."""
    made = scene(
        lambda gym, sim: gym.create_box(sim, 0.2, 0.2, 0.2, options()),
        count=2,
        height=0.1,
        prepare=request.param,
    )
    return made


def prepare(made: Scene) -> None:
    if made.sim.engine is None:
        made.gym.prepare_sim(made.sim)


def push(made: Scene, speed: float) -> None:
    root = made.tensor("actor_root_state")
    root[:, 7] = speed
    made.gym.set_actor_root_state_tensor(made.sim, gymtorch.unwrap_tensor(root))


def test_mass_shows_as_weight(boxes: Scene) -> None:
    gym, env = boxes.gym, boxes.envs[1]
    props = gym.get_actor_rigid_body_properties(env, 0)
    before = props[0].inertia.x.x
    props[0].mass += torch.tensor([[4.0]])
    gym.set_actor_rigid_body_properties(env, 0, props, recomputeInertia=True)
    prepare(boxes)
    boxes.run(300)
    weights = boxes.tensor("net_contact_force")[:, 2].tolist()
    assert weights == pytest.approx([8 * G, 12 * G], rel=1e-3)
    read = gym.get_actor_rigid_body_properties(env, 0)[0]
    assert read.mass == pytest.approx(12.0)
    assert read.inertia.x.x == pytest.approx(1.5 * before)


def test_friction_sets_where_a_box_stops(boxes: Scene) -> None:
    gym = boxes.gym
    for env, friction in zip(boxes.envs, (0.2, 0.6), strict=True):
        props = gym.get_actor_rigid_shape_properties(env, 0)
        props[0].friction = torch.tensor([[friction]])
        gym.set_actor_rigid_shape_properties(env, 0, props)
        assert gym.get_actor_rigid_shape_properties(env, 0)[0].friction == pytest.approx(friction)
    prepare(boxes)
    boxes.run(50)
    push(boxes, 1.5)
    boxes.run(300)
    root = boxes.tensor("actor_root_state")
    # Braking by mu g, mu the mean with the ground's 1: distance v^2 / (2 mu g).
    expected = [1.5**2 / (2 * mu * G) for mu in (0.6, 0.8)]
    assert root[:, 0].tolist() == pytest.approx(expected, rel=0.06)


def test_restitution_makes_one_bounce(boxes: Scene) -> None:
    gym = boxes.gym
    props = gym.get_actor_rigid_shape_properties(boxes.envs[1], 0)
    props[0].restitution = 0.9
    gym.set_actor_rigid_shape_properties(boxes.envs[1], 0, props)
    prepare(boxes)
    root = boxes.tensor("actor_root_state")
    root[:, 2] = 0.5
    gym.set_actor_root_state_tensor(boxes.sim, gymtorch.unwrap_tensor(root))
    highest = torch.zeros(2)
    for step in range(200):
        boxes.run(1)
        boxes.refresh("actor_root_state")
        if step > 80:
            highest = torch.maximum(highest, root[:, 2])
    assert highest[0] < 0.11
    assert highest[1] > 0.12


def test_centre_of_mass_tips_a_box(boxes: Scene) -> None:
    gym, env = boxes.gym, boxes.envs[1]
    props = gym.get_actor_rigid_body_properties(env, 0)
    props[0].com = gymapi.Vec3(0.12, 0.0, 0.0)
    gym.set_actor_rigid_body_properties(env, 0, props)
    assert gym.get_actor_rigid_body_properties(env, 0)[0].com.x == pytest.approx(0.12)
    prepare(boxes)
    boxes.run(100)
    tilt = boxes.tensor("actor_root_state")[:, 4].abs().tolist()
    assert tilt[0] < 1e-3
    assert tilt[1] > 0.1


def test_gravity_changes_for_all(boxes: Scene) -> None:
    prepare(boxes)
    params = boxes.gym.get_sim_params(boxes.sim)
    params.gravity = gymapi.Vec3(0.0, 0.0, -3.7)
    boxes.gym.set_sim_params(boxes.sim, params)
    boxes.run(300)
    weights = boxes.tensor("net_contact_force")[:, 2].tolist()
    assert weights == pytest.approx([8 * 3.7] * 2, rel=1e-3)


def test_an_actor_keeps_the_shapes_it_was_made_with() -> None:
    gym = gymapi.acquire_gym()
    sim = gym.create_sim()
    box = gym.create_box(sim, 0.1, 0.1, 0.1)
    read = []
    for friction in (0.3, 0.7):
        props = gym.get_asset_rigid_shape_properties(box)
        props[0].friction = friction
        gym.set_asset_rigid_shape_properties(box, props)
        env = gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1)
        gym.create_actor(env, box, gymapi.Transform(), "box", 0, 0)
        read.append(env)
    frictions = [gym.get_actor_rigid_shape_properties(env, 0)[0].friction for env in read]
    assert frictions == pytest.approx([0.3, 0.7])


def test_drive_settings_read_back(tmp_path: Path) -> None:
    made = scene(lambda gym, sim: urdf_asset(tmp_path, ARM, sim, options()), count=2)
    gym = made.gym
    props = gym.get_actor_dof_properties(made.envs[1], 0)
    assert props["effort"].tolist() == [50, 50]
    props["stiffness"], props["armature"] = 30.0, 0.02
    gym.set_actor_dof_properties(made.envs[1], 0, props)
    assert gym.get_actor_dof_properties(made.envs[1], 0)["armature"] == pytest.approx([0.02] * 2)
    assert gym.get_actor_dof_properties(made.envs[0], 0)["stiffness"].tolist() == [0, 0]


def test_bad_properties_are_refused(boxes: Scene) -> None:
    gym, env = boxes.gym, boxes.envs[0]
    with pytest.raises(GymError, match="0 properties for actor 'robot'"):
        gym.set_actor_rigid_body_properties(env, 0, [])
    with pytest.raises(AssetError, match="0 shape properties"):
        gym.set_actor_rigid_shape_properties(env, 0, [])
    heavy = gym.get_actor_rigid_body_properties(env, 0)
    heavy[0].mass = -1.0
    with pytest.raises(GymError, match="mass -1"):
        gym.set_actor_rigid_body_properties(env, 0, heavy)
    with pytest.raises(GymError, match="actor handle 1 in environment 0"):
        gym.get_actor_rigid_body_properties(env, 1)


def test_an_actors_own_filters_decide_what_its_shapes_meet() -> None:
    gym = gymapi.acquire_gym()
    sim = gym.create_sim(0, -1, gymapi.SIM_PHYSX, sim_params())
    gym.add_ground(sim, ground())
    box = gym.create_box(sim, 0.2, 0.2, 0.2, options())
    env = gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1)
    for height, bits in ((0.1, 1), (0.3, 2), (0.5, 2)):
        pose = gymapi.Transform(gymapi.Vec3(0.0, 0.0, height))
        actor = gym.create_actor(env, box, pose, f"box {height}", 0, -1)
        props = gym.get_actor_rigid_shape_properties(env, actor)
        props[0].filter = bits
        gym.set_actor_rigid_shape_properties(env, actor, props)
    gym.prepare_sim(sim)
    made = Scene(gym, sim, [env], [0, 1, 2])
    made.run(300)
    # The second rests on the first, whose bit it does not have; the third falls through it.
    heights = made.tensor("actor_root_state")[:, 2].tolist()
    assert heights[:2] == pytest.approx([0.1, 0.3], abs=5e-3)
    assert heights[2] < 0.35
