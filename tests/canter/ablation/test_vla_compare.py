"""A comparison in miniature: trained alike, paired with the base, resumed, and refused in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from canter.ablation.compare import compared
from canter.ablation.comparison_tables import HEADINGS, written
from canter.ablation.options import PRESETS, VlaComparison
from canter.ablation.train_variant import VariantResult
from canter.cli import EXIT_BAD_INPUT, main
from canter.evals.tasks import task_suite
from canter.evals.tasks.compare import read_report
from canter.rl.collection.collect import collect
from canter.rl.collection.collect_options import Collect
from canter.vla.learner import load_model
from canter.vla.model import VlaModel


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "moves"
    collect(
        Collect(tasks=("move",), episodes=1, levels=(1,), max_seconds=2.0, out=folder, workers=1)
    )
    return folder


def test_a_comparison_in_miniature(
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(task_suite, "WARM_UP_STEPS", 1)
    monkeypatch.setattr(task_suite, "TIMED_STEPS", 5)
    out, js, md = tmp_path / "out", tmp_path / "c.json", tmp_path / "c.md"
    words = ["vla", "compare", "--preset", "debug", "--data", str(data), "--workers", "1"]
    words += ["--out", str(out)]
    assert main([*words, "--json", str(js), "--markdown", str(md)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "begun anew: fuse, blocks, head" in printed.replace("free_maps, layout, ", "")
    report = json.loads(js.read_text())
    assert list(report["variants"]) == ["mamba", "bins"]
    mamba, bins = report["variants"].values()
    assert mamba["against_base"] is None
    assert bins["against_base"]["all"]["strict"]["n"] == mamba["n"] == 1
    assert bins["parameters"] > mamba["parameters"] == mamba["active_parameters"]
    assert bins["state_bytes"] == mamba["state_bytes"] == 4 * model(out, "mamba").state_size
    assert bins["changes"] == {"head": "bins"}
    assert md.read_text().count("\n| ") >= 2 + len(report["variants"])
    resumed_does_only_what_is_new(words, out, report)


def resumed_does_only_what_is_new(words: list[str], out: Path, before: dict[str, object]) -> None:
    made = {path: path.stat().st_mtime_ns for path in sorted(out.rglob("*.onnx"))}
    assert main([*words, "--json", str(out / "again.json")]) == 0
    again = json.loads((out / "again.json").read_text())
    assert again["variants"] == before["variants"]
    assert {path: path.stat().st_mtime_ns for path in sorted(out.rglob("*.onnx"))} == made
    assert read_report(out / "bins" / "report.json")["suite"] == "move"


def model(out: Path, name: str) -> VlaModel:
    return load_model(out / name / "policy.onnx")


def result(name: str, strict: list[bool], parameters: int = 1000) -> VariantResult:
    """A variant that drove in one scene for each verdict."""
    episodes = [
        {"task": "move", "level": 1, "seed": i, "strict": met, "quard": met}
        for i, met in enumerate(strict)
    ]
    rate = {"rate": float(np.mean(strict)), "lo": 0.0, "hi": 1.0}
    figures = {"strict": rate, "quard": rate, "n": len(strict), "errors": 0}
    sizes = dict.fromkeys(("parameters", "active_parameters"), parameters) | {"state_bytes": 2500}
    use = {"move": [0.25, 0.75]} if name == "experts" else {}
    return VariantResult(
        name,
        {"about": "", "changes": {}, "begun": "", "expert_use": use, **sizes},
        {
            **figures,
            "tasks": {"move": figures},
            "episodes": episodes,
            "split": "seen",
            "command": name,
            "latency_ms": {"p50": 1.0, "p99": 2.0},
        },
    )


def test_differences_are_of_the_same_scenes() -> None:
    """Of ten scenes the base alone meets one, the other alone seven: p = 2 (1 + 8) / 2^8."""
    base = result("mamba", [True] * 2 + [False] * 8)
    other = result("bins", [True, False] + [True] * 7 + [False])
    report = compared([base, other], VlaComparison())
    pairs = report["variants"]["bins"]["against_base"]["all"]["strict"]
    assert (pairs["only_first"], pairs["only_second"]) == (1, 7)
    assert pairs["difference"]["value"] == pytest.approx(0.6)
    assert pairs["p"] == pytest.approx(2 * 9 / 2**8)


def test_the_markdown_has_a_cell_for_each_figure() -> None:
    rows = [result("mamba", [True, False], 1_620_119), result("bins", [True, True])]
    text = written(compared(rows, VlaComparison()))
    lines = [line for line in text.splitlines() if line.startswith("| mamba |")]
    assert len(lines) == 1
    cells = [cell.strip() for cell in lines[0].strip("|").split("|")]
    assert len(cells) == len(HEADINGS)
    assert all(cells)
    assert cells[HEADINGS.index("parameters")] == "1 620 119"
    assert cells[HEADINGS.index("state, kB")] == "2.5"
    assert "$ canter vla compare --preset nano" in text
    assert "| task | 1 | 2 |" not in text
    used = written(compared([rows[0], result("experts", [True, True])], VlaComparison()))
    assert "Experts of `experts`" in used and "| move | 0.25 | 0.75 |" in used


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--variants", "bin"], "no variant 'bin'; did you mean 'bins'?"),
        (["--base", "mmaba"], "did you mean 'mamba'?"),
        ([], "no data to imitate; record some"),
        (["--data", "nowhere"], "nowhere"),
        (["--data", "nowhere", "--suite", "moove"], "moove"),
        (["--data", "nowhere", "--steps", "0"], "steps 0"),
        (["--preset", "debgu"], "did you mean 'debug'?"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["vla", "compare", *words, "--out", str(tmp_path / "out")]) == EXIT_BAD_INPUT
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_a_model_to_begin_with_that_is_not_there_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["vla", "compare", "--preset", "debug", "--data", str(data), "--start", "gone.pt"]
    assert main([*words, "--out", str(tmp_path)]) == EXIT_BAD_INPUT
    assert "no model 'gone.pt'" in capsys.readouterr().err


def test_the_base_comes_first_and_once() -> None:
    assert VlaComparison(base="hybrid", variants=("bins", "hybrid")).names == ("hybrid", "bins")
    assert PRESETS["debug"].names == ("mamba", "bins")
