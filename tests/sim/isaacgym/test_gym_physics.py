"""The physics behind the calls, against closed forms."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.sim.isaacgym import gymapi, gymtorch
from tests.sim.isaacgym.scenes import PENDULUM, G, options, scene, urdf_asset


def test_a_sphere_falls_as_the_integrator_says() -> None:
    dt, steps = 0.005, 60
    made = scene(lambda gym, sim: gym.create_sphere(sim, 0.1, options()), height=2.0, dt=dt)
    made.run(steps)
    root = made.tensor("actor_root_state")
    # Semi-implicit Euler: v_n = -g n dt, z_n = z_0 - g dt^2 n (n + 1) / 2.
    assert root[0, 9].item() == pytest.approx(-G * steps * dt, rel=1e-5)
    assert root[0, 2].item() == pytest.approx(2.0 - G * dt**2 * steps * (steps + 1) / 2, rel=1e-5)


def test_a_pendulum_swings_with_its_period(tmp_path: Path) -> None:
    dt = 0.001
    made = scene(
        lambda gym, sim: urdf_asset(tmp_path, PENDULUM, sim, options(fix_base_link=True)),
        dt=dt,
        on_ground=False,
    )
    dof = made.tensor("dof_state")
    dof[0] = torch.tensor([0.05, 0.0])
    made.gym.set_dof_state_tensor(made.sim, gymtorch.unwrap_tensor(dof))
    angles = []
    for _ in range(3000):
        made.run(1)
        made.refresh("dof_state")
        angles.append(dof[0, 0].item())
    signs = np.flatnonzero(np.diff(np.sign(angles)) > 0) * dt
    inertia = 0.1 + 2 * 0.5**2
    expected = 2 * math.pi * math.sqrt(inertia / (2 * G * 0.5))
    assert np.diff(signs).mean() == pytest.approx(expected, rel=2e-3)


def test_a_resting_box_is_carried_with_its_weight() -> None:
    box = options(density=1000.0)
    made = scene(lambda gym, sim: gym.create_box(sim, 0.2, 0.2, 0.2, box), height=0.1)
    made.run(200)
    force = made.tensor("net_contact_force")
    assert force[0].tolist() == pytest.approx([0, 0, 8.0 * G], abs=0.01)


def test_a_torque_accelerates_by_the_inertia(tmp_path: Path) -> None:
    dt = 0.005
    made = scene(
        lambda gym, sim: urdf_asset(
            tmp_path,
            PENDULUM,
            sim,
            options(fix_base_link=True, disable_gravity=True, default_dof_drive_mode=3),
        ),
        dt=dt,
        on_ground=False,
    )
    torque = torch.tensor([1.2])
    for _ in range(10):
        made.gym.set_dof_actuation_force_tensor(made.sim, gymtorch.unwrap_tensor(torque))
        made.run(1)
    dof = made.tensor("dof_state")
    assert dof[0, 1].item() == pytest.approx(1.2 / 0.6 * 10 * dt, rel=1e-4)
    assert made.tensor("dof_force").tolist() == pytest.approx([1.2])


def test_a_position_drive_holds_its_target(tmp_path: Path) -> None:
    made = scene(
        lambda gym, sim: urdf_asset(tmp_path, PENDULUM, sim, options(fix_base_link=True)),
        on_ground=False,
    )
    gym, env, actor = made.gym, made.envs[0], made.actors[0]
    props = gym.get_actor_dof_properties(env, actor)
    props["driveMode"] = gymapi.DOF_MODE_POS
    props["stiffness"], props["damping"] = 200.0, 20.0
    gym.set_actor_dof_properties(env, actor, props)
    target = torch.tensor([0.4])
    gym.set_dof_position_target_tensor(made.sim, gymtorch.unwrap_tensor(target))
    made.run(800)
    angle = made.tensor("dof_state")[0, 0].item()
    # At rest the spring carries the bob: k (q* - q) = m g l sin(q).
    assert 200.0 * (0.4 - angle) == pytest.approx(2 * G * 0.5 * math.sin(angle), rel=1e-3)


def test_a_force_moves_a_body_for_one_step_alone() -> None:
    dt = 0.005
    made = scene(lambda gym, sim: gym.create_sphere(sim, 0.1, options(disable_gravity=True)), dt=dt)
    mass = made.gym.get_actor_rigid_body_properties(made.envs[0], 0)[0].mass
    force = torch.tensor([[6.0, 0.0, 0.0]])
    made.gym.apply_rigid_body_force_tensors(made.sim, gymtorch.unwrap_tensor(force), None)
    made.run(1)
    speed = made.tensor("actor_root_state")[0, 7].item()
    assert speed == pytest.approx(6.0 * dt / mass, rel=1e-5)
    made.run(1)
    assert made.tensor("actor_root_state")[0, 7].item() == pytest.approx(speed, rel=1e-5)
