"""Figures of ``canter eval mpc`` on trials whose errors are known."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("osqp")

from canter.control.errors import CanterError
from canter.evals import mpc, mpc_cell
from canter.evals.mpc import main, outcome
from canter.evals.mpc_cell import COMMANDS, Trial, run_cell
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


def test_a_cell_holds_every_seed_under_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpc_cell, "STEPS", 40)
    monkeypatch.setattr(mpc_cell, "SETTLE", 10)
    monkeypatch.setattr(mpc_cell, "PUSH", 20)
    found = run_cell("pushes_0.5", "mpc", range(3, 5))
    assert [t.seed for t in found] == [3] * len(COMMANDS) + [4] * len(COMMANDS)
    assert all(t.solve_ms is not None and not t.fell for t in found)
    assert np.isfinite([[t.planar, t.yaw] for t in found]).all()
    assert run_cell("pushes_0.5", "mpc", range(3, 5))[0].planar == found[0].planar


def test_a_finished_cell_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, str]] = []

    def fake(body: str, name: str, seeds: range) -> list[Trial]:
        ran.append((body, name))
        return trials(0.1 if name == "mpc" else 0.2, seeds=len(seeds))

    monkeypatch.setattr(mpc, "run_cell", fake)
    options = EvalMpc(("mpc",), ("nominal",), log=tmp_path / "log", json=tmp_path / "mpc.json")
    assert main(options) == 0
    assert ran == [("nominal", "fixed"), ("nominal", "mpc")]
    assert main(options) == 0
    assert len(ran) == 2
    written = json.loads((tmp_path / "mpc.json").read_text())
    assert written["cells"]["nominal"]["mpc"]["against"]["value"] == pytest.approx(0.5)
    assert "canter eval mpc" in written["command"]


def test_unknown_names_are_told_with_the_choices() -> None:
    with pytest.raises(CanterError, match=r"no arrangement 'mcp'; choices: .*rl\+mpc"):
        main(EvalMpc(("mcp",)))
    with pytest.raises(CanterError, match="at least 1"):
        main(EvalMpc(seeds=0))
