"""Comparisons of hand-written reports, against counts made by hand."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from canter.control.errors import CanterError
from canter.evals.options import CompareReports
from canter.evals.stats import PairedRates
from canter.evals.tasks import compare


def episode(
    task: str, seed: int, strict: bool | None, level: int = 1, kind: str = ""
) -> dict[str, Any]:
    named: dict[str, Any] = {"task": task, "level": level, "seed": seed}
    named |= {"kind": kind} if kind else {}
    return named | ({"error": "gone"} if strict is None else {"strict": strict, "quard": True})


def report(*episodes: Mapping[str, Any], **changes: str) -> dict[str, Any]:
    named = {"suite": "all", "split": "seen", "hearing": "said", "policy": "a.onnx"}
    named["controller"] = "fixed"
    return {**named, "command": "canter eval all", **changes, "episodes": list(episodes)}


FIRST = report(
    episode("crawl", 1, True),
    episode("crawl", 2, True),
    episode("crawl", 3, False),
    episode("crawl", 4, None),
    episode("move", 1, True),
    episode("move", 1, True, level=2),
)
SECOND = report(
    episode("move", 1, False),
    episode("crawl", 3, True),
    episode("crawl", 2, False),
    episode("crawl", 1, True),
    episode("crawl", 4, True),
    episode("crawl", 9, True),
    hearing="blank",
    controller="gains",
    command="canter eval all --hearing blank",
)


def test_episodes_are_paired_by_task_level_and_seed() -> None:
    found = compare.comparison(FIRST, SECOND)
    crawl, move = PairedRates(1, 1, 1, 0), PairedRates(0, 1, 0, 0)
    assert list(found["tasks"]) == ["crawl", "move"]
    assert found["tasks"]["crawl"]["strict"] == crawl.as_dict()
    assert found["tasks"]["move"]["strict"] == move.as_dict()
    assert found["all"]["strict"] == PairedRates(1, 2, 1, 0).as_dict()
    assert found["all"]["quard"] == PairedRates(4, 0, 0, 0).as_dict()
    assert found["unpaired"] == [2, 2]
    assert found["kinds"] == {}


def test_kinds_are_compared_with_the_same_kind_and_with_no_kind_alone() -> None:
    seen = report(*(episode("crawl", seed, True) for seed in (1, 2, 3)))
    fixed = report(
        episode("crawl", 1, False, kind="heavy"),
        episode("crawl", 2, True, kind="weak"),
        episode("crawl", 3, False, kind="late"),
    )
    adaptive = report(
        episode("crawl", 1, True, kind="heavy"),
        episode("crawl", 2, True, kind="weak"),
        episode("crawl", 3, False, kind="dark"),
    )
    lost, kept, gained = PairedRates(0, 1, 0, 0), PairedRates(1, 0, 0, 0), PairedRates(0, 0, 1, 0)
    cost, gain = (compare.comparison(*both)["kinds"] for both in ((seen, fixed), (fixed, adaptive)))
    assert {name: row["strict"] for name, row in cost.items()} == {
        "heavy": lost.as_dict(),
        "late": lost.as_dict(),
        "weak": kept.as_dict(),
    }
    assert {name: row["strict"] for name, row in gain.items()} == {
        "heavy": gained.as_dict(),
        "weak": kept.as_dict(),
    }


def test_a_comparison_is_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, content in zip(paths, (FIRST, SECOND), strict=True):
        path.write_text(json.dumps(content))
    out = tmp_path / "c.json"
    assert compare.main(CompareReports(*paths, verdict="quard", json=out)) == 0
    written = json.loads(out.read_text())
    assert written["all"] == compare.comparison(FIRST, SECOND)["all"]
    assert written["second"]["command"] == "canter eval all --hearing blank"
    assert written["command"] == f"canter compare {paths[0]} {paths[1]} --verdict quard"
    printed = capsys.readouterr().out
    assert "second: all, seen, a.onnx, controller gains, instructions blank" in printed
    assert "+0.000" in printed


def test_a_report_that_names_no_controller_had_none(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps({k: v for k, v in FIRST.items() if k != "controller"}))
    assert compare.read_report(path) == FIRST


def test_other_scenes_are_not_compared() -> None:
    other = report(*SECOND["episodes"], split="unseen_object", command="canter eval all --split x")
    with pytest.raises(CanterError, match=r"\(canter eval all; canter eval all --split x\) have"):
        compare.comparison(FIRST, other)
    with pytest.raises(CanterError, match="no scene in common"):
        compare.comparison(FIRST, report(episode("crawl", 77, True)))
    dark = report(*SECOND["episodes"], split="unseen_camera")
    assert compare.comparison(FIRST, dark)["all"]["strict"]["n"] == 4


@pytest.mark.parametrize(
    "content",
    ["[]", "{}", "no json", json.dumps(report() | {"episodes": [{"seed": 1}]}), '{"suite": 1}'],
)
def test_what_is_no_report_is_refused_by_name(content: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(CanterError, match=r"x\.json' is no report of canter eval.*--json"):
        compare.read_report(path)
