import dataclasses

import numpy as np
import pytest

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.kinematics import BodyStates
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.physics import Physics
from canter.sim.isaacgym.world import WorldParams, build_world
from tests.sim.isaacgym.engine_worlds import (
    FLOOR,
    ball,
    box,
    physics_of,
    placed,
    sled,
    tree,
)

DT = 0.005
G = 9.81


def test_a_body_falls_as_galilei_says() -> None:
    physics = physics_of([placed(ball(), pos=(1, 2, 9))], count=2)
    physics.parameters.gravity[1] = [1, 0, 0]
    physics.update([1])
    for _ in range(20):
        physics.step()
    # semi-implicit Euler: z = z0 - g dt^2 n (n + 1) / 2
    fallen = DT**2 * 20 * 21 / 2
    np.testing.assert_allclose(physics.qpos[0, :3], [1, 2, 9 - G * fallen])
    np.testing.assert_allclose(physics.qpos[1, :3], [1 + fallen, 2, 9])


@pytest.mark.parametrize("mode", [1, 2])
def test_drives_are_implicit(mode: int) -> None:
    """Backward Euler of m x'' = kp (q* - q) + kd (v* - v), at gains far beyond explicit ones."""
    mass, kp, kd, target, speed = 2.0, 1e6, 50.0, 0.3, 0.7
    physics = physics_of([placed(sled(mass))], None)
    parameters = physics.parameters
    parameters.drive_mode[:] = mode
    parameters.stiffness[:], parameters.damping[:] = kp, kd
    physics.update([0])
    stiffness = kp if mode == 1 else 0.0
    q = v = 0.0
    for _ in range(10):
        physics.drive(np.full((1, 1), 99.0), np.full((1, 1), target), np.full((1, 1), speed))
        physics.step()
        force = stiffness * (target - q) + kd * speed
        v = (mass * v + DT * force) / (mass + DT * (kd + stiffness * DT))
        q += DT * v
        np.testing.assert_allclose([physics.qpos[0, 0], physics.qvel[0, 0]], [q, v], atol=1e-9)


@pytest.mark.parametrize(("mode", "acts"), [(0, 0.0), (3, 1.0)])
def test_efforts_act_in_effort_mode_without_a_limit(mode: int, acts: float) -> None:
    physics = physics_of([placed(sled(2.0))], None)
    physics.parameters.drive_mode[:] = mode
    physics.parameters.effort_limit[:] = 1.0
    physics.update([0])
    physics.drive(np.full((1, 1), 8.0), np.ones((1, 1)), np.ones((1, 1)))
    physics.step()
    assert physics.qvel[0, 0] == pytest.approx(acts * 8.0 / 2.0 * DT)


def test_drives_are_bounded_by_the_effort_limit() -> None:
    physics = physics_of([placed(sled(2.0))], None)
    parameters = physics.parameters
    parameters.drive_mode[:], parameters.stiffness[:], parameters.effort_limit[:] = 1, 1e4, 5.0
    physics.update([0])
    physics.drive(np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 1)))
    physics.step()
    assert physics.qvel[0, 0] == pytest.approx(5.0 / 2.0 * DT)


def test_joint_limits_hold() -> None:
    physics = physics_of([placed(sled(2.0))], None)
    parameters = physics.parameters
    parameters.drive_mode[:], parameters.limited[:] = 3, True
    parameters.lower[:], parameters.upper[:] = -0.1, 0.2
    physics.update([0])
    physics.drive(np.full((1, 1), 20.0), np.zeros((1, 1)), np.zeros((1, 1)))
    physics.step(400)
    assert physics.qpos[0, 0] == pytest.approx(0.2, abs=2e-3)


def test_a_wrench_acts_for_one_step_at_the_centre_of_mass() -> None:
    physics = physics_of([placed(tree())], None)
    parameters = physics.parameters
    parameters.gravity[:] = 0
    physics.update([0])
    force, torque = np.array([[[0.0, 50.0, 0.0]]]), np.zeros((1, 1, 3))
    physics.apply_wrench([2], force, torque)
    physics.step()
    states = BodyStates(physics.world, parameters, "com")

    def momentum() -> np.ndarray:
        velocities = states(physics.qpos, physics.qvel).lin_vel[0]
        return np.asarray(parameters.body_mass[0] @ velocities)

    np.testing.assert_allclose(momentum(), force[0, 0] * DT, rtol=0.02, atol=2e-3)
    physics.step()
    np.testing.assert_allclose(momentum(), force[0, 0] * DT, rtol=0.02, atol=2e-3)


def test_a_force_at_a_point_turns_the_body() -> None:
    physics = physics_of([placed(box(0.2), pos=(1, 2, 3))], None)
    physics.parameters.gravity[:] = 0
    physics.update([0])
    mass = box(0.2).total_mass
    physics.apply_force_at(np.array([[[0.0, 0.0, 6.0]]]), np.array([[[1.5, 2.0, 3.0]]]))
    physics.step()
    np.testing.assert_allclose(physics.qvel[0, :3], [0, 0, 6 / mass * DT], atol=1e-9)
    inertia = mass * 0.2**2 / 6
    np.testing.assert_allclose(physics.qvel[0, 3:], [0, -0.5 * 6 / inertia * DT, 0], atol=1e-9)


def test_what_is_written_acts_at_the_next_step_and_leaves_the_last_state() -> None:
    physics = physics_of([placed(ball(), pos=(0, 0, 3))], count=2)
    physics.step()
    before = physics.last_qpos.copy()
    physics.qpos[1, :3] = [5, 6, 7]
    np.testing.assert_array_equal(physics.last_qpos, before)
    physics.step()
    np.testing.assert_allclose(physics.last_qpos[1, :2], [5, 6])
    np.testing.assert_allclose(physics.last_qpos[0, :2], [0, 0])


def test_an_environment_does_not_feel_its_neighbours() -> None:
    def fallen(count: int) -> np.ndarray:
        physics = physics_of([placed(tree(), pos=(0, 0, 0.6))], count=count)
        for _ in range(100):
            physics.step()
        return np.array(physics.qpos[0])

    np.testing.assert_array_equal(fallen(1), fallen(3))


def test_several_steps_at_once_are_as_many_single_ones() -> None:
    once, often = (physics_of([placed(ball(), pos=(0, 0, 0.2))]) for _ in range(2))
    once.step(60)
    for _ in range(60):
        often.step()
    np.testing.assert_allclose(once.qpos, often.qpos, atol=1e-6)


def test_a_diverged_environment_is_named_and_starts_afresh() -> None:
    physics = physics_of([placed(ball(), pos=(0, 0, 3))], count=3)
    physics.qvel[1, 0] = np.nan
    with pytest.warns(RuntimeWarning, match=r"1 of 3 environments diverged \(1\)"):
        physics.step()
    np.testing.assert_array_equal(physics.diverged, [False, True, False])
    np.testing.assert_array_equal(physics.qpos[1], [0, 0, 3, 1, 0, 0, 0])
    np.testing.assert_array_equal(physics.qvel[1], 0)
    assert physics.qpos[0, 2] < 3
    physics.step()
    assert not physics.diverged.any()


def test_divergence_of_most_is_an_error() -> None:
    physics = physics_of([placed(ball(), pos=(0, 0, 3))])
    physics.qvel[0, 0] = 1e12
    with pytest.raises(GymError, match="1 of 1 environments diverged"):
        physics.step()


def test_an_effort_that_is_no_number_is_an_error() -> None:
    physics = physics_of([placed(sled())], None, count=2)
    physics.ctrl[1] = np.nan
    with pytest.raises(GymError, match=r"1 of 2 environments are not finite \(1\)"):
        physics.step()


def test_a_single_body_is_damped_as_its_options_say() -> None:
    physics = physics_of([placed(ball(damping=2.0), pos=(0, 0, 3))], None)
    physics.parameters.gravity[:] = 0
    physics.update([0])
    physics.qvel[:] = 1.0
    physics.step()
    np.testing.assert_allclose(physics.qvel, 1 / (1 + 2.0 * DT), rtol=1e-9)


def test_each_environment_has_its_own_fixed_root_and_ground() -> None:
    table = dataclasses.replace(placed(box(0.2, fixed=True), "table"))
    world = build_world([table, placed(ball(), "ball")], FLOOR, WorldParams(DT))
    parameters = Parameters(world, 2)
    parameters.set_root(0, 0, [0, 0, 0.5], [1, 0, 0, 0])
    parameters.set_root(1, 0, [9, 9, 0.5], [1, 0, 0, 0])
    parameters.root_pos[:, 1] = [0, 0, 0.8]
    parameters.ground_offset[1] = [1, 2, -0.4]
    physics = Physics(world, parameters, threads=1)
    for _ in range(400):
        physics.step()
    # On the table, whose top is at 0.6 m; and on the ground, at -0.4 m.
    np.testing.assert_allclose(physics.qpos[:, 2], [0.7, -0.3], atol=3e-3)


def test_restitution_bounces() -> None:
    ground = dataclasses.replace(FLOOR, restitution=0.8)
    physics = physics_of([placed(ball(0.1), pos=(0, 0, 1.1))], ground, dt=0.001)
    physics.parameters.shape_restitution[:] = 0.8
    physics.update([0])
    heights = []
    for _ in range(900):
        physics.step()
        heights.append(physics.qpos[0, 2] - 0.1)
    lowest = int(np.argmin(heights))
    assert max(heights[lowest:]) == pytest.approx(0.8**2, abs=0.1)
