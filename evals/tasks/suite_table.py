"""What a suite prints: its rates with intervals in a table, and what went wrong in errors."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.control.adaptation.controller_presets import FIXED
from canter.evals.stats import Rate
from canter.evals.tasks.suite_figures import VERDICTS

HEADINGS = ("strict [95 % interval]", "quard", "n", "errors", "time", "reasons")
CHANCE, OWN_WORDS = "chance", "own words"
"""Headings of rows without words: how often what is named is picked at random, and how many robots
heard what they were told all the same."""


def show(report: Mapping[str, Any], console: Console | None = None) -> None:
    """Print one row a task, or a level where there is one task; then latency and errors."""
    console = console or Console()
    console.print(table(report))
    if report["latency_ms"] is not None:
        steps = ", ".join(f"{name} {value:.1f} ms" for name, value in report["latency_ms"].items())
        console.print(f"model step, one thread: {steps}", markup=False)
    if report["refused"]:
        console.print(f"{report['refused']} episodes whose words the model refused: it stood still")
    errors = Counter(episode["error"] for episode in report["episodes"] if "error" in episode)
    for text, count in errors.items():
        console.print(f"{count} episodes not judged: {text}", markup=False)


def table(report: Mapping[str, Any]) -> Table:
    """Return the rows of a report."""
    by_task = len(report["tasks"]) > 1
    drawn = Table(title=title(report))
    for heading in ("task" if by_task else "level", *HEADINGS, *unheard(report, report)):
        drawn.add_column(heading)
    for part in (rows(report), report["kinds"]):
        drawn.add_section()
        for name, row in part.items():
            drawn.add_row(name, *cells(row), *unheard(report, row).values())
    if by_task:
        means = [str(Rate(**report["mean"][name])) for name in VERDICTS if report["mean"]]
        drawn.add_section()
        drawn.add_row("mean", *means)
    return drawn


def title(report: Mapping[str, Any]) -> str:
    """Return suite, split, driver and what adapts, and what was heard if not what was said."""
    words = [report["suite"], report["split"], report["policy"]]
    if report["controller"] != FIXED:
        words.append(f"controller {report['controller']}")
    if report["hearing"] != "said":
        words.append(f"instructions {report['hearing']}")
    return ", ".join(words)


def rows(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of each task, or of each level where there is one task, and of all."""
    parts = dict(report["tasks"] if len(report["tasks"]) > 1 else report["levels"])
    if len(parts) > 1:
        parts["all"] = report
    return parts


def cells(row: Mapping[str, Any]) -> list[str]:
    """Return figures as they stand under HEADINGS."""
    time = "" if row["mean_time"] is None else f"{row['mean_time']:.1f} s"
    reasons = ", ".join(f"{reason} {count}" for reason, count in row["reasons"].items())
    rates = [str(Rate(**row[name])) for name in VERDICTS]
    return [*rates, str(row["n"]), str(row["errors"]), time, reasons]


def unheard(report: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, str]:
    """Return what is told, by heading, of a row whose robots did not hear what was said."""
    if report["hearing"] == "said":
        return {}
    told = {CHANCE: "unknown" if row["chance"] is None else f"{row['chance']:.3f}"}
    return told | ({OWN_WORDS: str(row["own_words"])} if report["hearing"] == "permuted" else {})


def rates_table(heading: str, report: Mapping[str, Any]) -> Table:
    """Return a table of the rates and counts of `figures`, to be added to."""
    drawn = Table(heading, "value")
    for name in VERDICTS:
        drawn.add_row(f"{name} [95 % interval]", str(Rate(**report[name])))
    for name in ("n", "errors", "falls", "touches"):
        drawn.add_row(name, str(report[name]))
    return drawn
