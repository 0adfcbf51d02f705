"""Locomotion by model-predictive control: its parts, and that it walks on what RobotState holds."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("osqp")

from canter.control.adaptation.controller_presets import WALKERS, make_adapter, make_locomotion
from canter.control.dynamics.base_estimator import BaseEstimator
from canter.control.dynamics.dynamics import LegDynamics
from canter.control.dynamics.feet import feet_of
from canter.control.errors import CanterError
from canter.control.impedance import impedance_torque
from canter.control.mpc.footsteps import Footsteps, Stride
from canter.control.mpc.locomotion import MpcLocomotion
from canter.control.mpc.over import mix
from canter.control.robot import GO2
from canter.control.types import GaitCommand, JointCommand
from canter.sim.physics.batched_sim import BatchedSim
from canter.sim.robots.equip import robot_model_spec
from tests.control.states import standing

Float = NDArray[np.floating]
DT = 0.02


def test_leg_odometry_finds_the_velocity_of_a_base_over_feet_that_stand() -> None:
    dynamics = LegDynamics(GO2)
    state = standing((1,))
    feet = feet_of(state, dynamics)
    velocity, gyro = np.array([0.4, -0.2, 0.1]), np.array([0.1, -0.3, 0.5])
    against = -(velocity + np.cross(gyro, feet.point[0]))
    qd = np.linalg.solve(feet.jacobian[0], against[..., None]).reshape(1, 12)
    moving = feet_of(replace(state, qd=qd, gyro=gyro[None]), dynamics)
    estimator = BaseEstimator(GO2.standing_height, 1, DT)
    for _ in range(30):
        motion = estimator.update(moving, np.array([[1.0, 0.0, 1.0, 1.0]]))
    np.testing.assert_allclose(motion.velocity[0], velocity, atol=1e-6)
    assert motion.height[0] == pytest.approx(GO2.standing_height, abs=2e-3)


def test_a_robot_in_the_air_falls_freely() -> None:
    feet = feet_of(standing((1,)), LegDynamics(GO2))
    estimator = BaseEstimator(GO2.standing_height, 1, DT)
    for _ in range(10):
        motion = estimator.update(feet, np.zeros((1, 4)))
    assert motion.velocity[0, -1] == pytest.approx(-9.81 * 10 * DT)


def test_a_swing_begins_where_the_foot_was_ends_where_it_lands_and_clears_the_ground() -> None:
    nominal = LegDynamics(GO2).legs.posture(GO2.default_q).foot
    steps = Footsteps(nominal, 0.05, 1)
    feet = feet_of(standing((1,)), LegDynamics(GO2))
    motion = BaseEstimator(GO2.standing_height, 1, DT).update(feet, np.ones((1, 4)))
    ground = GO2.foot_radius - motion.height

    def at(phase: float) -> Float:
        stride = Stride(
            phases=np.full((1, 4), phase), frequency=np.array([2.0]), velocity=np.zeros((1, 2)),
            yaw_rate=np.zeros(1), width=np.array([0.284]), clearance=np.array([0.08]),
        )  # fmt: skip
        return np.asarray(steps.swing(stride, motion, 0.0, ground)[0])

    np.testing.assert_allclose(at(0.5), nominal, atol=1e-9)
    np.testing.assert_allclose(at(0.75)[:, -1], ground[0] + 0.08, atol=2e-3)
    np.testing.assert_allclose(at(1.0)[:, -1], ground[0], atol=1e-9)
    np.testing.assert_allclose(np.abs(at(1.0)[:, 1]), 0.142, atol=1e-9)


def test_a_mix_of_commands_gives_the_mix_of_their_torques() -> None:
    rng = np.random.default_rng(0)
    a, b = (
        JointCommand(q, kp, kd, tau, valid_until=1.0)
        for q, kp, kd, tau in rng.uniform(0, 20, (2, 4, 3, 12))
    )
    share = rng.uniform(0, 1, (3, 12)).round()
    share[0] = 0.3
    q, qd, free = rng.normal(size=(3, 12)), rng.normal(size=(3, 12)), np.full(12, np.inf)
    wanted = (1 - share) * impedance_torque(a, q, qd, free) + share * impedance_torque(
        b, q, qd, free
    )
    np.testing.assert_allclose(impedance_torque(mix(a, b, share), q, qd, free), wanted)


def test_one_robot_gets_what_it_gets_among_many() -> None:
    one, many = MpcLocomotion(1, GO2), MpcLocomotion(3, GO2)
    command = GaitCommand(vx=0.4)
    for _ in range(3):
        alone = one.step(standing(), command)
        among = many.step(standing((3,)), command)
    for field in ("q_target", "kp", "kd", "tau_ff"):
        np.testing.assert_allclose(getattr(alone, field), getattr(among, field)[1], atol=1e-6)


def test_reset_forgets_everything() -> None:
    walker = MpcLocomotion(2, GO2, estimate_load=True)
    first = walker.step(standing((2,)), GaitCommand(vx=0.4))
    for _ in range(4):
        walker.step(standing((2,)), GaitCommand(vx=0.4))
    walker.reset()
    again = walker.step(standing((2,)), GaitCommand(vx=0.4))
    np.testing.assert_array_equal(first.tau_ff, again.tau_ff)
    np.testing.assert_array_equal(first.q_target, again.q_target)


@pytest.mark.parametrize("name", WALKERS)
def test_every_walker_follows_a_command_from_robot_state_alone(name: str) -> None:
    robots = 2
    commands = np.stack([GaitCommand(vx=0.4).to_array(), GaitCommand().to_array()])
    walker = make_locomotion(name, GO2, robots)
    assert make_adapter(name, GO2, robots) is None
    with BatchedSim([robot_model_spec(GO2).compile()] * robots, GO2, threads=1) as sim:
        for step in range(150):
            sim.step(walker.step(sim.measured(), commands))
            if step == 50:
                begin = sim.truth().base_pos_w
        end = sim.truth().base_pos_w
    speed = (end - begin)[:, 0] / (99 * DT)
    np.testing.assert_allclose(speed, [0.4, 0.0], atol=0.08)
    np.testing.assert_allclose(end[:, -1], GO2.standing_height, atol=0.03)


def test_the_phases_of_the_command_make_the_gait() -> None:
    phases = {"trot": (0.5, 0.5, 0.0), "pace": (0.5, 0.0, 0.5), "pronk": (0.0, 0.0, 0.0)}
    gaits = [
        GaitCommand(vx=0.3, phase_fr=fr, phase_rl=rl, phase_rr=rr, step_freq_hz=4.0)
        for fr, rl, rr in phases.values()
    ]
    commands = np.stack([gait.to_array() for gait in gaits])
    walker = MpcLocomotion(len(gaits), GO2)
    seen = []
    with BatchedSim([robot_model_spec(GO2).compile()] * len(gaits), GO2, threads=1) as sim:
        for _ in range(150):
            state = sim.measured()
            sim.step(walker.step(state, commands))
            seen.append(state.foot_contact)
        assert (sim.truth().base_pos_w[:, 0] > 0.5).all()
    front_left, front_right, rear_left, _ = np.moveaxis(np.stack(seen[50:]), -1, 0)
    same = [(front_left == other).mean(axis=0) for other in (front_right, rear_left)]
    names = list(phases)
    trot, pace, pronk = (names.index(name) for name in ("trot", "pace", "pronk"))
    assert max(same[0][trot], same[1][trot]) < 0.3
    assert min(same[0][pronk], same[1][pace]) > 0.7


def test_what_does_not_fit_is_refused() -> None:
    walker = MpcLocomotion(2, GO2)
    with pytest.raises(CanterError, match="steps 2 robots, the state holds 3"):
        walker.step(standing((3,)), GaitCommand())
    with pytest.raises(CanterError, match="expected"):
        walker.step(standing((2,)), np.zeros((3, 12)))
    with pytest.raises(CanterError, match="NaN"):
        walker.step(standing((2,)), np.full(12, np.nan))
