"""The report of a suite as one HTML page that needs no network: tables, bars, curves, failures."""

import os
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from canter.evals.stats import Rate
from canter.evals.tasks.episode_films import film_path
from canter.evals.tasks.success_curves import curves
from canter.evals.tasks.suite_figures import VERDICTS
from canter.evals.tasks.suite_table import rows, title, unheard

Links = Mapping[tuple[str, int, int], str]
"""Address of an episode's film, relative to the page, by task, level and seed."""

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; color: #222; margin: 2em auto; max-width: 70em;
  padding: 0 1em; }
table { border-collapse: collapse; margin: 1em 0; }
td, th { padding: .3em .7em; text-align: left; border-bottom: 1px solid #ddd;
  vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.bar { position: relative; width: 12em; height: .6em; background: #eee; }
.bar i, .bar b { position: absolute; height: 100%; }
.bar i { left: 0; background: #1f77b4; }
.bar b { box-sizing: border-box; border: solid #222; border-width: 0 1.5px;
  background: linear-gradient(#222, #222) center / 100% 1.5px no-repeat; }
svg line { stroke-width: 1.5; }
code { background: #f3f3f3; padding: .1em .3em; overflow-wrap: anywhere; }
"""
HOW = (
    "<p>Intervals are Wilson's, 95 %. The mean gives each task the same weight; its interval is "
    "made of theirs (MOVER). Errors are episodes that could not be judged; they count as nothing "
    "else.</p>"
)
RATE_HEADINGS = ("strict, 95 % interval", "quard", "n", "errors", "falls", "touches", "mean time")
FAILURE_HEADINGS = ("task", "level", "seed", "kind", "asked", "heard", "why", "quard", "time")


def links(report: Mapping[str, Any], page_file: Path, films: Path | None) -> Links:
    """Return the address of each film that is there, as seen from the page's folder."""
    if films is None:
        return {}
    keys = [(one["task"], one["level"], one["seed"]) for one in report["episodes"]]
    paths = {key: film_path(films, *key) for key in keys}
    folder = page_file.resolve().parent
    return {
        key: quote(Path(os.path.relpath(path.resolve(), folder)).as_posix())
        for key, path in paths.items()
        if path.exists()
    }


def page(report: Mapping[str, Any], films: Links) -> str:
    """Return the page of a report of ``canter eval``, with links to films."""
    heading = escape(title(report))
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{heading}</title>",
        f"<style>{STYLE}</style><h1>{heading}</h1>",
        f"<p><code>{escape(report['command'])}</code>, commit {escape(str(report['commit']))}</p>",
        _rates(report),
        _reasons(report["tasks"]),
        "<h2>Success over time</h2><p>Share of episodes in which the strict criterion was met by "
        "then.</p>",
        curves(report["episodes"]).markup(),
        _failures(report["episodes"], films),
        _errors(report["episodes"]),
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _rates(report: Mapping[str, Any]) -> str:
    """Return the rates of each task or level and of all, their mean, and those of each kind."""
    heading = "task" if len(report["tasks"]) > 1 else "level"
    headings = (*RATE_HEADINGS, *unheard(report, report))
    body = [_rate_row(report, name, row) for name, row in rows(report).items()]
    if len(report["tasks"]) > 1 and report["mean"]:
        means = [_bar(Rate(**report["mean"][verdict])) for verdict in VERDICTS]
        body.append(["mean of the tasks", *means])
    found = "<h2>Rates</h2>" + _table([heading, *headings], body) + HOW
    if report["kinds"]:
        kinds = [_rate_row(report, name, row) for name, row in report["kinds"].items()]
        found += _table(["kind", *headings], kinds)
    return found


def _rate_row(report: Mapping[str, Any], name: str, row: Mapping[str, Any]) -> list[str]:
    time = "" if row["mean_time"] is None else f"{row['mean_time']:.1f} s"
    counts = [str(row[count]) for count in ("n", "errors", "falls", "touches")]
    bars = [_bar(Rate(**row[verdict])) for verdict in VERDICTS]
    return [escape(name), *bars, *counts, time, *unheard(report, row).values()]


def _bar(rate: Rate) -> str:
    """Return a rate in figures, and as a bar with its interval."""
    start, width = 100 * rate.lo, 100 * (rate.hi - rate.lo)
    return (
        f"{escape(str(rate))}<div class=bar><i style='width:{100 * rate.rate:.1f}%'></i>"
        f"<b style='left:{start:.1f}%;width:{width:.1f}%'></b></div>"
    )


def _reasons(tasks: Mapping[str, Any]) -> str:
    """Return how often each reason kept each task's episodes from the strict criterion."""
    reasons = sorted({reason for row in tasks.values() for reason in row["reasons"]})
    if not reasons:
        return ""
    body = [
        [escape(name), *(str(row["reasons"].get(reason, "")) for reason in reasons)]
        for name, row in tasks.items()
    ]
    return "<h2>Why strict was missed</h2>" + _table(["task", *map(escape, reasons)], body)


def _failures(episodes: Sequence[Mapping[str, Any]], films: Links) -> str:
    """Return every episode that missed the strict criterion, with its film."""
    failed = [one for one in episodes if "error" not in one and not one["strict"]]
    body = [[*_failure(one), _film(one, films)] for one in failed]
    if not body:
        return ""
    return f"<h2>{len(body)} failures</h2>" + _table([*FAILURE_HEADINGS, "film"], body)


def _failure(one: Mapping[str, Any]) -> list[str]:
    told = (one["task"], one["level"], one["seed"], one.get("kind", ""), one["instruction"])
    heard = one.get("heard")
    silent = {None: "the same", "": "nothing"}
    met = "met" if one["quard"] else "missed"
    why = f"{one['reason']}: {one['refused']}" if "refused" in one else one["reason"]
    words = (*told, silent.get(heard, heard), why, met, f"{one['time']:.1f} s")
    return [escape(str(word)) for word in words]


def _film(one: Mapping[str, Any], films: Links) -> str:
    address = films.get((one["task"], one["level"], one["seed"]))
    return "" if address is None else f"<a href='{escape(address)}'>film</a>"


def _errors(episodes: Sequence[Mapping[str, Any]]) -> str:
    """Return every episode that was not judged."""
    named = ("task", "level", "seed", "error")
    body = [[escape(str(one[name])) for name in named] for one in episodes if "error" in one]
    return f"<h2>{len(body)} errors</h2>" + _table(named, body) if body else ""


def _table(headings: Iterable[str], body: Iterable[Sequence[str]]) -> str:
    """Return a table of markup; cells that hold a number alone are set to the right."""
    lines = ["<tr>" + "".join(f"<th>{heading}</th>" for heading in headings) + "</tr>"]
    for row in body:
        cells = (("<td class=number>" if c.isdigit() else "<td>") + f"{c}</td>" for c in row)
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join(["<table>", *lines, "</table>"])
