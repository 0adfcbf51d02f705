"""The fit, held against hidden parameters of one joint; and its parts, against closed forms."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.tune.fit import FitSettings, Report, fit
from canter.sim.tune.objective import Objective, Slopes, colours
from canter.sim.tune.parameters import (
    RANGES,
    JointDynamics,
    nominal_dynamics,
    pack,
    unknowns,
    unpack,
)
from canter.sim.tune.recording import Recording
from canter.sim.tune.refine import covariance, refine
from canter.sim.tune.result import TuneResult
from tests.sim.tune.one_joint import HIDDEN, JOINT, pendulum, plan, recorded, shooting

SETTINGS = FitSettings(legs=("FL",), trials=12, starts=1)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return recorded(plan(), HIDDEN, noise=5e-4, seed=0)


@pytest.fixture(scope="module")
def found(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> TuneResult:
    journal = tmp_path_factory.mktemp("fit") / "journal"
    return fit(pendulum(), JOINT, recording, SETTINGS, journal).result


def relative(dynamics: JointDynamics, hidden: JointDynamics) -> dict[str, float]:
    return {
        name: float(np.max(np.abs(getattr(dynamics, name) / getattr(hidden, name) - 1)))
        for name in RANGES
    }


def test_the_fit_recovers_the_hidden_parameters(found: TuneResult) -> None:
    errors = relative(found.dynamics, HIDDEN)
    assert max(errors.values()) < 0.1, errors
    assert not found.unidentified
    assert found.cost < 1.3 < found.cost_nominal


def test_the_start_does_not_matter(recording: Recording, found: TuneResult) -> None:
    wanted = unknowns(JOINT, "kind", ("FL",))
    nominal = nominal_dynamics(pendulum(), JOINT, 0.006)
    with shooting(recording) as simulated:
        objective = Objective(simulated, nominal, wanted)
        begin = np.random.default_rng(3).uniform(-0.5, 0.5, len(wanted)) + pack(nominal, wanted)
        reached = unpack(nominal, wanted, refine(objective, begin).x)
    assert max(relative(reached, found.dynamics).values()) < 0.03


def test_one_level_of_the_gains_leaves_two_dampings_that_trade(tmp_path: Path) -> None:
    poor = recorded(plan(gains=((30.0, 0.6),)), HIDDEN, noise=5e-4, seed=0)
    result = fit(pendulum(), JOINT, poor, SETTINGS, tmp_path / "journal").result
    notes = {estimate.name: estimate.note for estimate in result.unidentified}
    assert "trades with calf.damping" in notes["calf.kd_factor"]
    total = 0.6 * result.dynamics.kd_factor + result.dynamics.damping
    assert total == pytest.approx(0.6 * HIDDEN.kd_factor + HIDDEN.damping, rel=0.05)


def test_rest_identifies_nothing_but_says_so(tmp_path: Path) -> None:
    commands = plan(12.0)
    commands.q_target[:] = 0.0
    still = recorded(commands, HIDDEN, noise=5e-4, seed=0)
    result = fit(pendulum(), JOINT, still, SETTINGS, tmp_path / "journal").result
    weak = {estimate.name for estimate in result.unidentified}
    assert {"calf.armature", "calf.kd_factor", "delay"} <= weak


def test_a_search_that_was_killed_ends_where_an_unbroken_one_ends(
    recording: Recording, tmp_path: Path
) -> None:
    whole = fit(pendulum(), JOINT, recording, SETTINGS, tmp_path / "whole").result
    for simulations in (7, 60):
        with pytest.raises(KeyboardInterrupt):
            report = stop_after(simulations)
            fit(pendulum(), JOINT, recording, SETTINGS, tmp_path / "broken", report)
    with (tmp_path / "broken").open("ab") as file:
        file.write(b'{"op_code": 6, "cut')  # a kill within a write
    again = fit(pendulum(), JOINT, recording, SETTINGS, tmp_path / "broken").result
    assert relative(again.dynamics, whole.dynamics) == dict.fromkeys(RANGES, 0.0)


def stop_after(simulations: int) -> Report:
    left = itertools.count(simulations, -1)

    def report(_stage: str, _cost: float) -> None:
        if next(left) == 1:
            raise KeyboardInterrupt

    return report


def test_slopes_are_those_of_the_cost(recording: Recording) -> None:
    wanted = unknowns(JOINT, "kind", ("FL",))
    nominal = nominal_dynamics(pendulum(), JOINT, 0.006)
    with shooting(recording) as simulated:
        objective = Objective(simulated, nominal, wanted)
        x = pack(nominal, wanted)
        errors = objective.errors(x)
        slopes = objective.slopes(x, errors)
        for i in range(len(wanted)):
            step = np.zeros(len(wanted))
            step[i] = 1e-4
            rise = objective.cost(x + step) - objective.cost(x - step)
            central = rise / 2e-4 * errors.size / 2
            assert slopes.gradient[i] == pytest.approx(
                central, rel=0.1, abs=0.02 * np.abs(slopes.gradient).max()
            )


def test_intervals_of_a_linear_problem_are_those_of_least_squares() -> None:
    rng = np.random.default_rng(0)
    design = rng.normal(size=(400, 20, 6))
    noise = rng.normal(size=(400, 20))
    scores = np.einsum("wrn,wr->wn", design, noise)
    hessian = np.einsum("wrn,wrm->nm", design, design)
    sandwich = covariance(Slopes(1.0, scores.sum(axis=0), hessian, scores))
    classical = np.sqrt(np.diag(np.linalg.inv(hessian)))
    np.testing.assert_allclose(np.sqrt(np.diag(sandwich)), classical, rtol=0.15)


def test_joints_of_different_legs_share_a_simulation() -> None:
    each, kinds = unknowns(GO2, "joint"), unknowns(GO2, "kind")
    assert len(each) == 61 and len(kinds) == 16
    groups = colours(each)
    assert len(groups) == len(colours(kinds)) == 16
    assert sorted(i for group in groups for i in group) == list(range(61))
    for group in groups:
        legs = [leg for i in group for leg in each[i].legs]
        assert len(legs) == len(set(legs))


@pytest.mark.parametrize("grouping", ["kind", "joint"])
def test_pack_and_unpack_are_inverse(grouping: str) -> None:
    wanted = unknowns(GO2, "joint" if grouping == "joint" else "kind")
    ones = np.ones(len(GO2.joint_names))
    nominal = JointDynamics(ones, ones, 0.01 * ones, 0.1 * ones, 0.2 * ones, 0.006)
    x = pack(nominal, wanted) + np.random.default_rng(0).uniform(-0.1, 0.1, len(wanted))
    np.testing.assert_allclose(pack(unpack(nominal, wanted, x), wanted), x, atol=1e-12)
