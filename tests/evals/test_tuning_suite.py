"""``canter eval tune``: its sums, by hand; and robots that are there are not fitted again."""

import json
from pathlib import Path
from typing import Any

import pytest

from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.evals.options import EvalTune
from canter.evals.tuning_suite import main, summary, true_value
from canter.sim.tune.parameters import unknowns
from canter.sim.tune.surrogate import draw_hidden


def row(field: str, true: float, value: float, **more: object) -> dict[str, Any]:
    return {
        "seed": 0,
        "name": f"hip.{field}",
        "field": field,
        "true": true,
        "value": value,
        "absolute": abs(value - true),
        "relative": abs(value / true - 1),
        "covered": True,
        "identified": True,
        **more,
    }


def stored(folder: Path, seed: int, rows: list[dict[str, Any]]) -> None:
    asked: dict[str, Any] = {
        "seed": seed,
        "seconds": 60.0,
        "trials": 60,
        "link_error": 0.0,
        "threads": 1,
    }
    asked["robot"] = EvalTune().robot
    entry = {"asked": asked, "rows": rows, "strength_true": 1.0, "strength": {"hip": 0.9}}
    (folder / f"robot-{seed}.json").write_text(json.dumps({**entry, "cpu_s": 30.0}))


def test_errors_are_summed_by_parameter() -> None:
    rows = [row("armature", 0.01, 0.0105), row("armature", 0.02, 0.026, covered=False)]
    figures = summary([*rows, row("delay", 0.01, 0.0101, identified=False)])
    armature, delay, everything = figures["armature"], figures["delay"], figures["all"]
    assert (armature["n"], armature["within"], armature["covered"]) == (2, 1, 1)
    assert armature["median"] == pytest.approx(0.175)
    assert armature["largest"] == pytest.approx(0.3)
    assert armature["largest_absolute"] == pytest.approx(0.006)
    assert delay["not_identified"] == 1
    assert (everything["n"], everything["within"]) == (3, 2)
    assert everything["largest_absolute"] is None


@pytest.mark.parametrize(("value", "code"), [(0.0105, 0), (0.0115, 1)])
def test_robots_that_are_there_are_not_fitted_again(
    tmp_path: Path, value: float, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in (3, 4):
        stored(tmp_path, seed, [row("armature", 0.01, value)])
    options = EvalTune(robots=2, seed=3, out=tmp_path, json=tmp_path / "all.json")
    assert main(options) == code
    assert "10.0%" in capsys.readouterr().out  # the strength: 0.9 for 1
    written = json.loads((tmp_path / "all.json").read_text())
    assert written["parameters"]["armature"]["n"] == 2
    assert "canter eval tune" in written["command"]


def test_robots_of_other_options_are_refused(tmp_path: Path) -> None:
    stored(tmp_path, 3, [row("armature", 0.01, 0.01)])
    with pytest.raises(CanterError, match="other options"):
        main(EvalTune(robots=1, seed=3, trials=7, out=tmp_path))


def test_true_values_are_found_by_name() -> None:
    hidden = draw_hidden(GO2, 0)
    wanted = {unknown.name: unknown for unknown in unknowns(GO2, "kind")}
    calf = GO2.joint_names.index("FL_calf_joint")
    assert true_value(hidden, wanted["calf.damping"]) == hidden.dynamics.damping[calf]
    assert true_value(hidden, wanted["delay"]) == hidden.dynamics.delay
