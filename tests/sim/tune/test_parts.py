"""Excitation, hidden robots, held commands, windows, and how a fit is applied."""

import dataclasses
import json
from pathlib import Path

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.robot import GO2, LEGS
from canter.control.types import JointCommand
from canter.sim.robots.equip import robot_model_spec
from canter.sim.tune.apply import delay_steps, training_ranges, tuned_command, tuned_spec
from canter.sim.tune.bench_mount import hanging_spec, leg_of
from canter.sim.tune.excitation import MARGIN, RATE_HZ, excitation
from canter.sim.tune.fit_error import strength
from canter.sim.tune.parameters import nominal_dynamics, pack, unknowns
from canter.sim.tune.recording import Recording, usable
from canter.sim.tune.result import TuneResult, estimates, read_result
from canter.sim.tune.shooting import Shooting
from canter.sim.tune.surrogate import draw_hidden, record
from canter.sim.tune.windows import HeldCommands, cut

SHORT_S = 10.0


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record(draw_hidden(GO2, 1), GO2, excitation(GO2, SHORT_S, 1), 1)


def some_result() -> TuneResult:
    hidden = draw_hidden(GO2, 4).dynamics
    wanted = unknowns(GO2, "kind")
    return TuneResult(
        robot=GO2.name,
        joint_names=GO2.joint_names,
        dynamics=hidden,
        estimates=estimates(wanted, pack(hidden, wanted), 1e-4 * np.eye(len(wanted))),
        strength={"hip": 0.9},
        q_rms={"hip": 1e-3},
        qd_rms={"hip": 0.05},
        cost=1.0,
        cost_nominal=20.0,
        samples=100,
        seconds=60.0,
        simulations=300,
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_excitation_stays_within_limits_and_begins_at_rest(seed: int) -> None:
    plan = excitation(GO2, 60.0, seed)
    assert plan.q_target.shape == (60 * RATE_HZ, len(GO2.joint_names))
    assert np.all(plan.q_target >= GO2.q_min + MARGIN - 1e-9)
    assert np.all(plan.q_target <= GO2.q_max - MARGIN + 1e-9)
    np.testing.assert_allclose(plan.q_target[[0, -1]], np.tile(GO2.default_q, (2, 1)), atol=1e-3)
    speed = np.abs(np.diff(plan.q_target, axis=0)) * RATE_HZ
    assert speed.max() < 0.5 * GO2.qd_max.min()
    jumps = np.flatnonzero(np.any(np.diff(plan.kd, axis=0) != 0, axis=1))
    assert np.abs(plan.q_target[jumps] - GO2.default_q).max() < 0.02


def test_a_simulated_robot_survives_the_excitation(recording: Recording) -> None:
    assert usable(recording, GO2) is not None
    assert recording.tau is not None
    assert np.all((recording.q > GO2.q_min) & (recording.q < GO2.q_max))
    assert np.all(np.abs(recording.qd).max(axis=0) < 0.8 * GO2.qd_max)
    assert np.all(np.abs(recording.tau).max(axis=0) < 0.8 * GO2.tau_max)


def test_legs_that_do_not_take_part_hold_still() -> None:
    plan = excitation(GO2, SHORT_S, 0, ("FL",))
    others = np.array(leg_of(GO2)) != "FL"
    assert np.all(plan.q_target[:, others] == GO2.default_q[others])
    assert np.all(np.ptp(plan.q_target[:, ~others], axis=0) > 0.1)


@pytest.mark.parametrize("legs", [(), ("FL", "HL")])
def test_unknown_legs_are_refused(legs: tuple[str, ...]) -> None:
    with pytest.raises(CanterError, match="choose of FL, FR, RL, RR"):
        excitation(GO2, SHORT_S, 0, legs)
    with pytest.raises(CanterError, match="choose of FL, FR, RL, RR"):
        unknowns(GO2, "kind", legs)


def test_a_seed_fixes_the_recording(recording: Recording) -> None:
    plan = excitation(GO2, SHORT_S, 1)
    again = record(draw_hidden(GO2, 1), GO2, plan, 1)
    other = record(draw_hidden(GO2, 1), GO2, plan, 2)
    assert np.array_equal(again.q, recording.q) and np.array_equal(again.time, recording.time)
    assert not np.array_equal(other.q, recording.q)


def test_the_stand_leaves_no_free_base_and_no_contact() -> None:
    model = hanging_spec(GO2, pitch=0.3).compile()
    assert model.nv == model.nq == len(GO2.joint_names)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    assert data.ncon == 0
    forward = data.body("base").xmat.reshape(3, 3)[:, 0]
    np.testing.assert_allclose(forward, [np.cos(0.3), 0, -np.sin(0.3)], atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.0, 0.03), st.floats(0.0002, 0.004), st.integers(0, 1000))
def test_held_commands_average_as_a_fine_sum_does(delay: float, step: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.uniform(0.001, 0.003, 60))
    values = rng.normal(size=(60, 2))
    start = np.array([time[0] - 0.01, time[20]])
    averages = HeldCommands(time, values).averages(start, 5, step, delay)
    fine = 400
    for window, begin in enumerate(start):
        for k in range(5):
            moments = begin + step * (k + (np.arange(fine) + 0.5) / fine) - delay
            row = np.clip(np.searchsorted(time, moments, side="right") - 1, 0, None)
            expected = values[row].mean(axis=0)
            np.testing.assert_allclose(averages[window, k], expected, atol=0.03)


def test_every_sample_after_the_lead_is_compared_once(recording: Recording) -> None:
    windows = cut(recording, 0.001)
    assert len(set(windows.sample.tolist())) == len(windows.sample)
    assert len(windows.sample) > 0.85 * len(recording.time)
    moments = windows.start[windows.window] + (windows.step + windows.fraction) * windows.timestep
    np.testing.assert_allclose(moments, recording.time[windows.sample], atol=1e-9)
    assert windows.step.max() < windows.steps


def test_hidden_parameters_predict_their_recording_to_the_noise(recording: Recording) -> None:
    model = hanging_spec(GO2).compile()
    hidden = draw_hidden(GO2, 1).dynamics
    with Shooting(model, GO2, recording, cut(recording, 0.001)) as shooting:
        prediction = shooting.predict(hidden)
        q, qd = shooting.measured
        nominal = shooting.predict(nominal_dynamics(model, GO2, 0.0))
        found = strength(recording, shooting, prediction.tau, LEGS)
    assert np.sqrt(np.square(prediction.q - q).mean(axis=0)).max() < 1e-3
    assert np.sqrt(np.square(prediction.qd - qd).mean(axis=0)).max() < 0.06
    assert np.sqrt(np.square(nominal.q - q).mean(axis=0)).max() > 3e-3
    assert found == pytest.approx(dict.fromkeys(found, draw_hidden(GO2, 1).strength), rel=0.04)


def test_a_tuned_spec_has_the_fitted_numbers() -> None:
    hidden = draw_hidden(GO2, 4).dynamics
    model = tuned_spec(robot_model_spec(GO2), GO2, hidden).compile()
    dofs = [model.joint(name).dofadr.item() for name in GO2.joint_names]
    np.testing.assert_allclose(model.dof_armature[dofs], hidden.armature)
    np.testing.assert_allclose(model.dof_damping[dofs], hidden.damping)
    np.testing.assert_allclose(model.dof_frictionloss[dofs], hidden.frictionloss)
    assert model.nv == len(dofs) + 6


def test_tuned_commands_and_training_ranges_enclose_the_fit() -> None:
    result = some_result()
    ones = np.ones((3, len(GO2.joint_names)))
    command = JointCommand(0 * ones, 60 * ones, 1.5 * ones, 0 * ones, valid_until=0.05)
    tuned = tuned_command(command, result.dynamics)
    np.testing.assert_allclose(tuned.kp, 60 * np.tile(result.dynamics.kp_factor, (3, 1)))
    np.testing.assert_allclose(tuned.kd, 1.5 * np.tile(result.dynamics.kd_factor, (3, 1)))
    ranges = training_ranges(result, timestep=0.004)
    assert ranges.kp_factor[0] < result.dynamics.kp_factor.min()
    assert ranges.kp_factor[1] > result.dynamics.kp_factor.max()
    low, high = ranges.delay_steps
    assert low <= delay_steps(result.dynamics, 0.004) <= high


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    result = some_result()
    path.write_text(json.dumps({"result": result.as_dict()}))
    again = read_result(path, GO2)
    assert again.estimates == result.estimates
    assert np.array_equal(again.dynamics.armature, result.dynamics.armature)
    with pytest.raises(CanterError, match="robot 'go2', not 'other'"):
        read_result(path, dataclasses.replace(GO2, name="other"))


@pytest.mark.parametrize("text", ["", "{}", '{"result": {"robot": 1}}', "[1]"])
def test_what_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(CanterError, match="no result of canter tune fit"):
        read_result(path, GO2)
