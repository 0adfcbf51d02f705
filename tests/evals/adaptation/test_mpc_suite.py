"""Figures of ``canter eval mpc`` on trials whose errors are known."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("osqp")

from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.evals.adaptation import mpc_seed
from canter.evals.adaptation import mpc_suite as mpc
from canter.evals.adaptation.mpc_seed import COMMANDS, Trial, run_seed
from canter.evals.adaptation.mpc_suite import main, outcome
from canter.evals.options import EvalMpc


def trials(planar: float, falls: int = 0, seeds: int = 10) -> list[Trial]:
    """Return trials of all commands whose planar errors differ from seed to seed."""
    return [
        Trial(seed, planar * (1 + 0.1 * seed), 0.02, i < falls and seed == 0, (1.0, 2.0))
        for seed in range(seeds)
        for i in range(len(COMMANDS))
    ]


def test_half_the_error_on_the_same_seeds_is_half_without_doubt() -> None:
    figures = outcome(trials(0.1), trials(0.2))
    assert (figures.n, figures.falls) == (10 * len(COMMANDS), 0)
    assert figures.against.value == pytest.approx(0.5)
    assert figures.against.lo == pytest.approx(0.5)
    assert figures.planar.value == pytest.approx(0.1 * 1.45)
    assert figures.solve_ms == (1.0, 2.0)


def test_falls_are_counted_and_compared_in_pairs() -> None:
    figures = outcome(trials(0.1, falls=3), trials(0.1))
    assert figures.falls == 3
    assert figures.p_falls == pytest.approx(0.25)
    assert outcome(trials(0.1), trials(0.1)).p_falls == 1.0


def test_a_seed_is_run_under_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpc_seed, "STEPS", 40)
    monkeypatch.setattr(mpc_seed, "SETTLE", 10)
    monkeypatch.setattr(mpc_seed, "PUSH", 20)
    found = run_seed("pushes_0.5", "mpc", 3)
    assert [t.seed for t in found] == [3] * len(COMMANDS)
    assert all(t.solve_ms is not None and not t.fell for t in found)
    assert np.isfinite([[t.planar, t.yaw] for t in found]).all()
    assert [t.planar for t in run_seed("pushes_0.5", "mpc", 3)] == [t.planar for t in found]


def test_a_finished_seed_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fake(body: str, name: str, seed: int, robot: RobotSpec) -> list[Trial]:
        assert robot.name == "go2"
        ran.append(f"{body} {name} {seed}")
        return [t for t in trials(0.1 if name == "mpc" else 0.2) if t.seed == seed]

    monkeypatch.setattr(mpc, "run_seed", fake)
    log, report = tmp_path / "log", tmp_path / "mpc.json"
    assert main(EvalMpc(("mpc",), ("nominal",), seeds=2, log=log, json=report)) == 0
    assert ran == [f"nominal {name} {seed}" for name in ("fixed", "mpc") for seed in (0, 1)]
    assert main(EvalMpc(("mpc",), ("nominal",), seeds=3, log=log, json=report)) == 0
    assert len(ran) == 6
    written = json.loads(report.read_text())
    assert written["cells"]["nominal"]["mpc"]["against"]["value"] == pytest.approx(0.5)
    assert "canter eval mpc" in written["command"]


def test_unknown_names_are_told_with_the_choices() -> None:
    with pytest.raises(CanterError, match=r"no controller 'mcp'; choices: .*rl\+mpc"):
        main(EvalMpc(("mcp",)))
    with pytest.raises(CanterError, match="at least 1"):
        main(EvalMpc(seeds=0))
