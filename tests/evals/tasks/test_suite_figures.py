"""Figures of hand-written episodes, against counts made by hand."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from canter.evals.stats import Rate, wilson
from canter.evals.tasks.episode_group import Episode
from canter.evals.tasks.suite_figures import figures, suite_figures
from canter.evals.tasks.suite_table import show
from canter.sim.tasks.task import EpisodeResult


def result(**changes: object) -> EpisodeResult:
    fields: dict[str, Any] = {"strict": True, "quard": True, "reason": "", "time": 9.0}
    fields |= {"distance": 0.5, "touched": False, "fallen": False}
    return EpisodeResult(**fields | changes)


FALL = result(strict=False, quard=False, reason="fallen", fallen=True)
EPISODES = [
    Episode("move", 1, 1, "trot", result(), heard="stop", chance=0.5),
    Episode("move", 1, 2, "trot", FALL, refused="'trot' asks for nothing", chance=0.0),
    Episode("crawl", 1, 1, "creep", None, "MemoryError: "),
    Episode("go_to", 1, 1, "go", result(strict=False, reason="touched", touched=True)),
    Episode("go_to", 2, 1, "go", result()),
]


def test_errors_are_neither_failures_nor_hidden() -> None:
    episodes = [
        Episode("go_to", 1, 2, "go", result()),
        Episode("go_to", 2, 2, "go", result(strict=False, reason="fallen", fallen=True)),
        Episode("go_to", 3, 2, "", None, "MemoryError: "),
        Episode(
            "go_to", 4, 2, "go", result(strict=False, quard=False, reason="touched", touched=True)
        ),
    ]
    found = figures(episodes)
    assert (found["n"], found["errors"], found["falls"], found["touches"]) == (3, 1, 1, 1)
    assert found["strict"]["rate"] == pytest.approx(1 / 3)
    assert found["quard"]["rate"] == pytest.approx(2 / 3)
    assert found["reasons"] == {"fallen": 1, "touched": 1}
    assert found["mean_time"] == 9.0
    error = {"task": "go_to", "seed": 3, "level": 2, "instruction": "", "error": "MemoryError: "}
    assert episodes[2].as_dict() == error


def test_tasks_weigh_alike_and_one_without_results_is_left_out() -> None:
    found = suite_figures(EPISODES)
    assert list(found["tasks"]) == ["crawl", "go_to", "move"]
    assert [row["n"] for row in found["tasks"].values()] == [0, 2, 2]
    assert (found["n"], found["errors"], found["own_words"]) == (4, 1, 3)
    assert list(found["levels"]) == ["1", "2"]
    assert found["levels"]["2"]["reasons"] == {"fallen": 1}
    assert found["tasks"]["move"]["levels"]["1"]["strict"]["rate"] == 1.0
    assert found["mean"]["strict"]["rate"] == 0.5
    assert found["mean"]["quard"]["rate"] == 0.75
    one = wilson(1, 2)
    half = ((one.rate - one.lo) ** 2 * 2) ** 0.5 / 2
    assert found["mean"]["strict"]["lo"] == pytest.approx(0.5 - half)


def test_kinds_of_condition_are_counted_apart() -> None:
    kinds = [replace(e, kind="dark" if e.task == "move" else "noise") for e in EPISODES]
    found = suite_figures(kinds)
    assert list(found["kinds"]) == ["dark", "noise"]
    assert [found["kinds"][kind]["strict"]["rate"] for kind in found["kinds"]] == [0.5, 0.5]
    assert [found["kinds"][kind]["errors"] for kind in found["kinds"]] == [0, 1]
    assert list(found["tasks"]["move"]["kinds"]) == ["dark"]
    assert suite_figures(EPISODES)["kinds"] == {}


def test_chance_is_told_where_it_is_known_of_all() -> None:
    found = suite_figures(EPISODES)
    assert found["tasks"]["move"]["chance"] == 0.25
    assert found["tasks"]["go_to"]["chance"] is None and found["chance"] is None
    assert [found["tasks"][name]["refused"] for name in found["tasks"]] == [0, 0, 1]


def test_nothing_judged_has_no_mean() -> None:
    assert suite_figures(EPISODES[2:3])["mean"] == {}


def test_the_table_shows_tasks_mean_own_words_and_errors() -> None:
    report: dict[str, Any] = {
        "suite": "all",
        "split": "seen",
        "hearing": "permuted",
        "policy": "tiny.onnx",
        "controller": "fixed",
    }
    report |= suite_figures(EPISODES) | {"latency_ms": None}
    report |= {"episodes": [episode.as_dict() for episode in EPISODES]}
    console = Console(width=200, record=True, file=io.StringIO())
    show(report, console)
    lines = console.export_text().splitlines()
    assert "all, seen, tiny.onnx, instructions permuted" in lines[0]
    row = next(line for line in lines if line.strip("│ ").startswith("move"))
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "move", *[str(wilson(1, 2))] * 2, "2", "0", "9.0 s", "fallen 1", "0.250", "1",
    ]  # fmt: skip
    mean = next(line for line in lines if line.strip("│ ").startswith("mean"))
    assert str(Rate(**report["mean"]["quard"])) in mean
    assert lines[-1] == "1 episodes not judged: MemoryError: "
