"""The tables of a comparison of variants, on the screen and as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table

from canter.evals.stats import Rate
from canter.evals.tasks.compare import gap

SUCCESS = ("strict [95 %]", "less base [95 %]", "McNemar's p", "n", "errors")
COST = ("parameters", "active", "state, kB", "step p50, ms", "p99, ms")
HEADINGS = ("variant", *SUCCESS, *COST)
NONE = "-"
"""Stands where the base would be compared with itself."""
HOW = (
    "Intervals of rates are Wilson's, those of differences Newcombe's for pairs; p is that of "
    "McNemar's exact test over the same scenes, not corrected for the number of variants. Each "
    "variant was trained once, so the intervals tell of other scenes, not of other trainings."
)


def drawn(report: Mapping[str, Any]) -> Group:
    """Return the tables of a comparison for the screen: what variants do, and what they cost."""
    success, cost = Table(title=_title(report)), Table()
    for table, headings in ((success, SUCCESS), (cost, COST)):
        table.add_column("variant", no_wrap=True)
        for heading in headings:
            table.add_column(heading, overflow="fold")
    for name, row in report["variants"].items():
        success.add_row(name, *_success(row))
        cost.add_row(name, *_cost(row))
    return Group(success, cost)


def written(report: Mapping[str, Any]) -> str:
    """Return a comparison as Markdown: variants, their rates by task, and how it was made."""
    variants: Mapping[str, Any] = report["variants"]
    tasks = list(dict.fromkeys(name for row in variants.values() for name in row["tasks"]))
    by_task = [
        [task, *(_rate(row["tasks"].get(task)) for row in variants.values())] for task in tasks
    ]
    parts = [
        f"{_title(report)}, commit {report['commit']}:",
        f"```console\n$ {report['command']}\n```",
        _table(HEADINGS, [[name, *_success(row), *_cost(row)] for name, row in variants.items()]),
        "`strict` by task:",
        _table(("task", *variants), by_task),
        *(_uses(name, row["expert_use"]) for name, row in variants.items() if row["expert_use"]),
        HOW,
    ]
    return "\n\n".join(parts) + "\n"


def _uses(name: str, use: Mapping[str, Sequence[float]]) -> str:
    """Return which experts a variant uses for which task, as Markdown."""
    experts = range(len(next(iter(use.values()))))
    rows = [[task, *(f"{share:.2f}" for share in shares)] for task, shares in use.items()]
    return f"Experts of `{name}`, share of frames by task:\n\n" + _table(
        ("task", *(str(number + 1) for number in experts)), rows
    )


def _title(report: Mapping[str, Any]) -> str:
    told = "{steps} steps of imitation, scenes of {scenes}, compared with {base}"
    return told.format_map(report)


def _success(row: Mapping[str, Any]) -> list[str]:
    """Return the figures of a variant as they stand under SUCCESS."""
    against = row["against_base"]
    pairs = None if against is None else against["all"]["strict"]
    return [
        _rate(row),
        NONE if pairs is None else gap(pairs),
        NONE if pairs is None else f"{pairs['p']:.3g}",
        *(str(row[count]) for count in ("n", "errors")),
    ]


def _cost(row: Mapping[str, Any]) -> list[str]:
    """Return the figures of a variant as they stand under COST."""
    return [
        *(f"{row[size]:,}".replace(",", " ") for size in ("parameters", "active_parameters")),
        f"{row['state_bytes'] / 1000:.1f}",
        *(f"{row['latency_ms'][name]:.2f}" for name in ("p50", "p99")),
    ]


def _rate(row: Mapping[str, Any] | None) -> str:
    """Return how often ``strict`` was met; NONE where nothing was measured."""
    return NONE if row is None else str(Rate(**row["strict"]))


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
