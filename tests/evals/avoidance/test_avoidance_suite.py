"""Blind drives: touched without avoidance, not with it; and the command that measures that."""

import json
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.evals.avoidance.avoidance_suite import main, scene_groups
from canter.evals.options import EvalAvoidance


def test_who_is_steered_into_things_touches_them_but_for_avoidance(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    options = EvalAvoidance(runs=3, seconds=5.0, tasks=("go_avoid",), seed=1000, json=file)
    assert main(options) == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    rows = report["avoidance"]
    assert rows["with"]["touched"] == 0
    assert rows["without"]["touched"] == 3
    assert rows["with"]["way"] > 0.5
    assert 0.0 < rows["with"]["changed"] < 1.0
    assert rows["without"]["changed"] == 0.0
    assert "--tasks go_avoid" in report["command"]


def test_tasks_take_turns_and_no_scene_comes_twice() -> None:
    groups = scene_groups(EvalAvoidance(runs=25))
    assert [len(group) for group in groups] == [10, 10, 5]
    assert [group[0].task for group in groups] == ["go_avoid", "go_through", "go_to"]
    seeds = [scene.seed for group in groups for scene in group]
    assert len(set(seeds)) == 25


def test_no_runs_are_refused() -> None:
    with pytest.raises(CanterError, match="runs"):
        main(EvalAvoidance(runs=0))
