"""The tensor interface, rule by rule: layouts, views that live on, what a set and a refresh do."""

import math
from pathlib import Path

import pytest
import torch

from canter.sim.isaacgym import gymtorch
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.gymapi import Gym
from tests.sim.isaacgym.scenes import ARM, Scene, options, scene, urdf_asset

HALF = math.sqrt(0.5)


@pytest.fixture
def arms(tmp_path: Path) -> Scene:
    return scene(
        lambda gym, sim: urdf_asset(tmp_path, ARM, sim, options(default_dof_drive_mode=3)),
        count=3,
        height=2.0,
        on_ground=False,
    )


def indices(*values: int) -> gymtorch.GymTensor:
    return gymtorch.unwrap_tensor(torch.tensor(values, dtype=torch.int32))


def test_shapes(arms: Scene) -> None:
    assert arms.tensor("actor_root_state").shape == (3, 13)
    assert arms.tensor("dof_state").shape == (6, 2)
    assert arms.tensor("rigid_body_state").shape == (9, 13)
    assert arms.tensor("net_contact_force").shape == (9, 3)
    assert arms.tensor("dof_force").shape == (6,)


def test_the_start_pose_reads_back_xyzw(arms: Scene) -> None:
    root = arms.tensor("actor_root_state")
    assert root[1].tolist() == [0, 0, 2, 0, 0, 0, 1] + [0] * 6


def test_the_quaternion_is_xyzw_and_velocities_are_world(arms: Scene) -> None:
    root = arms.tensor("actor_root_state")
    # Turned by 90 degrees about z: the arm's shoulder, 0.2 m ahead, lies along world y. Turning
    # at 3 rad/s about world x then carries the shoulder upwards, with 0.2 * 3 m/s.
    root[1, 3:7] = torch.tensor([0.0, 0.0, HALF, HALF])
    root[1, 10:13] = torch.tensor([3.0, 0.0, 0.0])
    arms.gym.set_actor_root_state_tensor(arms.sim, gymtorch.unwrap_tensor(root))
    root.zero_()
    arms.refresh("actor_root_state")
    assert root[1, 3:7].tolist() == pytest.approx([0, 0, HALF, HALF])
    assert root[1, 10:13].tolist() == pytest.approx([3, 0, 0], abs=1e-6)
    arms.run(1)
    shoulder = arms.tensor("rigid_body_state").view(3, 3, 13)[1, 1]
    assert shoulder[:2].tolist() == pytest.approx([0.0, 0.2], abs=1e-3)
    assert shoulder[9].item() == pytest.approx(0.6, abs=0.1)


def test_body_states_are_stale_until_the_next_step(arms: Scene) -> None:
    bodies = arms.tensor("rigid_body_state").view(3, 3, 13)
    root = arms.tensor("actor_root_state")
    root[2, 0] = 5.0
    arms.gym.set_actor_root_state_tensor_indexed(
        arms.sim, gymtorch.unwrap_tensor(root), indices(2), 1
    )
    arms.refresh("rigid_body_state")
    assert bodies[2, 0, 0].item() == 0.0
    arms.run(1)
    assert bodies[2, 0, 0].item() == 0.0  # until it is refreshed
    arms.refresh("rigid_body_state")
    assert bodies[2, 0, 0].item() == pytest.approx(5.0, abs=1e-3)


def test_an_indexed_set_touches_its_actors_alone(arms: Scene) -> None:
    dof = arms.tensor("dof_state")
    dof[:, 0] = torch.arange(6) * 0.1
    arms.gym.set_dof_state_tensor_indexed(arms.sim, gymtorch.unwrap_tensor(dof), indices(2, 0), 2)
    arms.refresh("dof_state")
    assert dof[:, 0].tolist() == pytest.approx([0, 0.1, 0, 0, 0.4, 0.5])


def test_count_limits_the_indices(arms: Scene) -> None:
    dof = arms.tensor("dof_state")
    dof[:, 0] = 0.3
    arms.gym.set_dof_state_tensor_indexed(arms.sim, gymtorch.unwrap_tensor(dof), indices(2, 0), 1)
    arms.refresh("dof_state")
    assert dof[:, 0].tolist() == pytest.approx([0, 0, 0, 0, 0.3, 0.3])


def test_views_of_the_buffer_live_on(arms: Scene) -> None:
    dof = arms.tensor("dof_state")
    velocity = dof.view(3, 2, 2)[..., 1]
    arms.run(5)
    arms.refresh("dof_state")
    again = gymtorch.wrap_tensor(arms.gym.acquire_dof_state_tensor(arms.sim))
    assert velocity.data_ptr() == again.data_ptr() + 4
    assert torch.equal(velocity, again.view(3, 2, 2)[..., 1])


def test_a_state_changes_only_when_it_is_refreshed(arms: Scene) -> None:
    root = arms.tensor("actor_root_state")
    arms.run(10)
    assert root[0, 2].item() == 2.0
    arms.refresh("actor_root_state")
    assert root[0, 2].item() < 2.0


def test_an_inference_tensor_is_taken(arms: Scene) -> None:
    with torch.inference_mode():
        torques = torch.full((3, 2), 0.5)
    arms.gym.set_dof_actuation_force_tensor(arms.sim, gymtorch.unwrap_tensor(torques))
    arms.run(1)
    assert arms.tensor("dof_force").tolist() == pytest.approx([0.5] * 6)


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (torch.zeros(3, 13, dtype=torch.float64), "torch.float64"),
        (torch.zeros(13, 3).T, "not contiguous"),
        (torch.zeros(3, 12), r"3 environments x 1 x 13 = 39"),
        (torch.full((3, 13), math.nan), "environment 0 is not finite"),
        (torch.zeros(3, 13), "quaternion set for environment 0 is zero"),
    ],
)
def test_bad_states_are_refused_by_name(arms: Scene, tensor: torch.Tensor, message: str) -> None:
    with pytest.raises(GymError, match=message):
        arms.gym.set_actor_root_state_tensor(arms.sim, gymtorch.unwrap_tensor(tensor))
    assert arms.tensor("actor_root_state")[0, 2].item() == 2.0


@pytest.mark.parametrize(
    ("tensor", "count", "message"),
    [
        (torch.tensor([3], dtype=torch.int32), 1, "actor index 3 is out of range"),
        (torch.tensor([-1], dtype=torch.int32), 1, "actor index -1 is out of range"),
        (torch.tensor([0], dtype=torch.int32), 2, "count 2 of 1 actor indices"),
        (torch.tensor([0.0]), 1, "torch.int32"),
    ],
)
def test_bad_indices_are_refused_by_name(
    arms: Scene, tensor: torch.Tensor, count: int, message: str
) -> None:
    dof = gymtorch.unwrap_tensor(arms.tensor("dof_state"))
    with pytest.raises(GymError, match=message):
        arms.gym.set_dof_state_tensor_indexed(arms.sim, dof, gymtorch.unwrap_tensor(tensor), count)


def test_a_bare_tensor_is_not_taken(arms: Scene) -> None:
    with pytest.raises(GymError, match="unwrap_tensor"):
        arms.gym.set_dof_state_tensor(arms.sim, arms.tensor("dof_state"))  # type: ignore[arg-type]


@pytest.mark.parametrize("call", ["simulate", "refresh_dof_state_tensor"])
def test_calls_before_prepare_sim_are_refused(call: str) -> None:
    made = scene(lambda gym, sim: gym.create_sphere(sim, 0.1), prepare=False)
    with pytest.raises(GymError, match=f"{call} before prepare_sim"):
        getattr(made.gym, call)(made.sim)


NOTHING = [torch.zeros(0, dtype=dtype) for dtype in (torch.int32, torch.float32, torch.int64)]
INDEXED = {
    "set_actor_root_state_tensor_indexed": 13,
    "set_dof_state_tensor_indexed": 2,
    "set_dof_actuation_force_tensor_indexed": 1,
    "set_dof_position_target_tensor_indexed": 1,
    "set_dof_velocity_target_tensor_indexed": 1,
}
"""Setters that take indices, and the columns of their states."""


@pytest.mark.parametrize("none", NOTHING, ids=str)
@pytest.mark.parametrize("full", [True, False], ids=["states", "no_states"])
@pytest.mark.parametrize("setter", INDEXED)
def test_no_index_sets_nothing(arms: Scene, setter: str, none: torch.Tensor, full: bool) -> None:
    before = {kind: arms.tensor(kind).clone() for kind in ("actor_root_state", "dof_state")}
    states = torch.full((3 if INDEXED[setter] == 13 else 6, INDEXED[setter]), 0.7)
    given = gymtorch.unwrap_tensor(states if full else states[:0])
    assert getattr(arms.gym, setter)(arms.sim, given, gymtorch.unwrap_tensor(none), 0)
    for kind, was in before.items():
        arms.refresh(kind)
        assert torch.equal(arms.tensor(kind), was)
    assert arms.sim.engine is not None
    assert not arms.sim.engine.effort.any()
    assert not arms.sim.engine.position_target.any()
    assert not arms.sim.engine.velocity_target.any()


def test_every_indexed_setter_is_asked() -> None:
    assert {name for name in dir(Gym) if name.endswith("_indexed")} == set(INDEXED)


def test_actors_without_joints_have_empty_states_to_set() -> None:
    boxes = scene(lambda gym, sim: gym.create_box(sim, 0.1, 0.1, 0.1, options()), count=2)
    nothing = gymtorch.unwrap_tensor(torch.zeros(0, 2))
    efforts = gymtorch.unwrap_tensor(torch.zeros(0))
    assert boxes.gym.set_dof_state_tensor(boxes.sim, nothing)
    assert boxes.gym.set_dof_state_tensor_indexed(boxes.sim, nothing, indices(0, 1), 2)
    assert boxes.gym.set_dof_actuation_force_tensor(boxes.sim, efforts)
    assert boxes.gym.set_dof_position_target_tensor_indexed(boxes.sim, efforts, indices(1), 1)
    env = boxes.sim.environments[0]
    properties = boxes.gym.get_actor_dof_properties(env, 0)
    assert boxes.gym.set_actor_dof_properties(env, 0, properties)
    boxes.run(1)
    assert boxes.tensor("dof_state").shape == (0, 2)
