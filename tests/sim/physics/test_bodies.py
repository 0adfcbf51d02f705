"""The table of bodies, the ground under them, and what of both reaches MuJoCo's models."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.robot import GO2, LEGS
from canter.control.types import JointCommand
from canter.sim.physics.batched_sim import CONTROL_PERIOD, GroundTruth
from canter.sim.physics.bodies import BODIES, OFF_CENTRE, Body, Start, choose_bodies, motor_strength
from canter.sim.physics.body_worlds import MujocoWorld, make_world, mujoco_model, payloads
from canter.sim.physics.delay_line import LONGEST
from canter.sim.physics.gain_error import MisSet
from canter.sim.physics.ground import FIRST_KERB, KERB_WIDTH, Ground
from canter.sim.physics.payload import SIZE, Payload

STARTS = Start.draw(6, 12, np.random.default_rng(3))


def standing(n: int) -> JointCommand:
    shape = (n, 12)
    gains = np.full(shape, 60.0)
    return JointCommand(
        np.tile(GO2.default_q, (n, 1)), gains, gains / 40, np.zeros(shape), math.inf
    )


def test_there_are_many_bodies_and_each_is_a_world_that_can_be_made() -> None:
    assert len(BODIES) >= 20
    assert {body.engine for body in BODIES.values()} == {"mujoco", "bullet"}
    for name, body in BODIES.items():
        assert body == Body(body.says) or name != "nominal"
        assert (CONTROL_PERIOD / body.timestep).is_integer()
        delay = body.delay / body.timestep
        assert delay == pytest.approx(round(delay), abs=1e-9), name
        assert body.delay <= LONGEST * CONTROL_PERIOD


def test_bodies_are_chosen_by_name_in_the_order_of_the_table() -> None:
    assert list(choose_bodies([])) == list(BODIES)
    assert list(choose_bodies(["slope_5deg", "nominal"])) == ["nominal", "slope_5deg"]
    with pytest.raises(CanterError, match=r"no cell 'slope_5'; did you mean 'slope_5deg'\?"):
        choose_bodies(["slope_5"])


def test_one_leg_is_weak_and_loads_lie_over_the_legs() -> None:
    weak = motor_strength(replace(BODIES["weak_leg_40"], strength=0.9), STARTS, GO2.joint_names)
    for row, leg in zip(weak, STARTS.leg, strict=True):
        expected = [0.36 if name.startswith(LEGS[leg]) else 0.9 for name in GO2.joint_names]
        np.testing.assert_allclose(row, expected)
    for load, side in zip(payloads(BODIES["off_centre_6kg"], STARTS), STARTS.side, strict=True):
        assert load is not None
        np.testing.assert_allclose(load.position[:2], side * OFF_CENTRE)
    assert payloads(BODIES["nominal"], STARTS) == [None] * 6


def test_a_models_numbers_are_those_of_its_body() -> None:
    nominal = mujoco_model(Body(""), None, GO2.tau_max, GO2)
    body = Body("", friction=0.3, timestep=0.001, elliptic=True, slope=0.2)
    load = Payload(6.0, np.array([0.1, 0.0, 0.1]))
    model = mujoco_model(body, load, 0.5 * GO2.tau_max, GO2)
    assert model.body_mass.sum() == pytest.approx(nominal.body_mass.sum() + 6.0)
    assert model.opt.timestep == 0.001
    assert model.opt.cone != nominal.opt.cone
    np.testing.assert_array_equal([model.geom(f).friction[0] for f in GO2.foot_names], 0.3)
    limits = [model.jnt_actfrcrange[model.joint(name).id] for name in GO2.joint_names]
    np.testing.assert_allclose(limits, np.outer(0.5 * GO2.tau_max, [-1, 1]))
    np.testing.assert_allclose(model.geom("floor").quat, Ground(0.2).quat)


def test_inertia_of_a_load_is_that_of_its_corners_and_mass() -> None:
    """A box's moments equal those of its eight octants as points at sqrt(1/3) of its corners."""
    signs = np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, -1).T
    points = signs * SIZE / 2 / math.sqrt(3)
    squares = 6.0 / 8 * (points**2).sum(0)
    np.testing.assert_allclose(Payload(6.0, np.zeros(3)).inertia, squares.sum() - squares)


def test_worlds_stand_on_their_ground_and_can_be_pushed() -> None:
    body = Body("", slope=math.radians(10), push_speed=0.5)
    ground = Ground.of(body)
    with make_world(body, STARTS) as world:
        assert isinstance(world, MujocoWorld)
        truth = world.truth()
        np.testing.assert_allclose(ground.clearance(truth.base_pos_w), GO2.standing_height)
        gravity = world.measured().projected_gravity()
        np.testing.assert_allclose(gravity[:, 2], -math.cos(body.slope))
        uphill = math.sin(body.slope) * np.cos(STARTS.yaw)
        np.testing.assert_allclose(gravity[:, 0], -uphill)
        for _ in range(25):
            world.step_adapted(standing(6), None)
        assert ground.clearance(world.truth().base_pos_w).min() > 0.23  # stands on it
        np.testing.assert_allclose(world.times(), 0.5)
        before = world.truth().base_lin_vel_w
        push = np.zeros((6, 3))
        push[2] = [0.3, -0.2, 0.0]
        world.push(push)
        np.testing.assert_allclose(world.truth().base_lin_vel_w - before, push, atol=1e-12)


@given(slope=st.floats(-0.5, 0.5), yaw=st.floats(-3.1, 3.1), ahead=st.floats(-1, 1))
def test_velocity_on_a_slope_is_along_the_heading(slope: float, yaw: float, ahead: float) -> None:
    """A base parallel to the plane that moves along its own axes has just these velocities."""
    ground = Ground(slope=slope)
    position, quat = ground.start_pose(yaw, 0.3)
    w, x, y, z = quat
    axis = np.array([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)])
    left = np.array([2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)])
    np.testing.assert_allclose(np.cross(axis, left), ground.normal, atol=1e-9)
    feet = np.zeros((1, 4, 3))
    truth = GroundTruth(
        base_pos_w=position[None],
        base_quat=quat[None],
        base_lin_vel_w=(ahead * axis + 0.25 * left)[None],
        foot_pos_w=feet,
        foot_vel_w=feet,
        foot_force=np.zeros((1, 4)),
    )
    np.testing.assert_allclose(ground.velocity(truth), [[ahead, 0.25]], atol=1e-9)


def test_on_level_ground_velocity_is_the_one_along_the_yaw() -> None:
    with make_world(Body(""), STARTS) as world:
        world.push(np.tile([0.3, 0.1, 0.2], (6, 1)))
        truth = world.truth()
    np.testing.assert_allclose(
        Ground().velocity(truth), truth.base_lin_vel_yaw()[:, :2], atol=1e-12
    )


def test_kerbs_are_where_the_boxes_are() -> None:
    ground = Ground(kerb=0.05)
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.uniform(-6, 6, (500, 2)), np.zeros((500, 1))], axis=-1)
    inside = np.zeros(500, bool)
    for half, centre in ground.boxes():
        inside |= (np.abs(points - centre)[:, :2] < half[:2]).all(-1)
        assert centre[2] + half[2] == pytest.approx(0.05)
    np.testing.assert_allclose(-ground.clearance(points), 0.05 * inside)
    assert ground.clearance(np.array([[FIRST_KERB + KERB_WIDTH / 2, 0.1, 0.3]])) == 0.25
    assert not Ground().boxes()


def test_gains_are_mis_set_behind_what_adapts() -> None:
    command = standing(2)
    with make_world(Body(""), Start.draw(2, 12, np.random.default_rng(0))) as world:
        state = world.measured()
    told = MisSet(None, 1.4, 0.5).adapt(state, command, 0.002)
    np.testing.assert_allclose(told.kp, 1.4 * command.kp)
    np.testing.assert_allclose(told.kd, 0.5 * command.kd)
    twice = MisSet(MisSet(None, 1.4, 0.5), 0.5, 1.0).adapt(state, command, 0.002)
    np.testing.assert_allclose(twice.kp, 0.7 * command.kp)
