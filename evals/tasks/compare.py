"""``canter compare``: two reports of suites of tasks, paired by task, level and seed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.control.adaptation.controller_presets import FIXED
from canter.control.errors import CanterError
from canter.control.plain_json import parse_json
from canter.evals.options import CompareReports
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import PairedRates
from canter.evals.tasks.conditions import scene_split
from canter.evals.tasks.suite_figures import VERDICTS
from canter.evals.tasks.suite_table import title
from canter.sim.scenes.scene_request import SceneRequest

Episodes = Sequence[Mapping[str, Any]]
"""As a report holds them."""
Pair = tuple[Mapping[str, Any], Mapping[str, Any]]
HEADINGS = (
    *("task", "n", "first", "second", "second - first [95 %]", "only first", "only second"),
    "McNemar's p",
)
NEEDED = ("suite", "split", "hearing", "policy", "controller", "command")


def main(options: CompareReports) -> int:
    """Compare two reports, print a table and write JSON.

    Raises:
        CanterError: a file is no such report, or they share no episode.
    """
    check_writable(options.json)
    first, second = (read_report(path) for path in (options.first, options.second))
    report = document(
        "compare",
        command_line(f"compare {options.first} {options.second}", {"verdict": options.verdict}),
        first=_named(first, options.first),
        second=_named(second, options.second),
        **comparison(first, second),
    )
    Console().print(table(report, options.verdict))
    write_json(options.json, report)
    return 0


def read_report(path: Path) -> dict[str, Any]:
    """Return a report of ``canter eval TASK``, ``all`` or ``quard``.

    Raises:
        CanterError: the file is none.
    """
    try:
        report = {"controller": FIXED, **parse_json(path.read_bytes())}  # old ones name none
        for name in NEEDED:
            str(report[name])
        judged(report["episodes"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CanterError(
            f"'{path}' is no report of canter eval TASK, all or quard "
            f"({type(error).__name__}: {error}); write one with --json"
        ) from error
    return report


def judged(episodes: Episodes) -> dict[tuple[str, int, int], Mapping[str, Any]]:
    """Return the episodes that were judged, by task, level and seed.

    Raises:
        KeyError: an episode lacks one of these.
    """
    keyed = {(one["task"], one["level"], one["seed"]): one for one in episodes}
    return {key: one for key, one in keyed.items() if all(name in one for name in VERDICTS)}


def paired(first: Episodes, second: Episodes) -> dict[str, list[Pair]]:
    """Return the pairs of episodes that were judged in both, by task."""
    mine, theirs = judged(first), judged(second)
    pairs: dict[str, list[Pair]] = {}
    for key in sorted(mine.keys() & theirs.keys()):
        pairs.setdefault(key[0], []).append((mine[key], theirs[key]))
    return pairs


def comparison(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts, rates, differences and tests of two reports, by task, by kind and in all.

    Raises:
        CanterError: they have no scene in common.
    """
    splits = [scene_split(report["split"]) for report in (first, second)]
    pairs = paired(first["episodes"], second["episodes"])
    if len({SceneRequest(0, split=split).new for split in splits}) > 1 or not pairs:
        raise CanterError(
            f"the reports ({first['command']}; {second['command']}) have no scene in common; "
            "measure both on the same tasks, levels and --seed, with the same things"
        )
    every = [pair for mine in pairs.values() for pair in mine]
    return {
        "tasks": {name: _rates(mine) for name, mine in pairs.items()},
        "kinds": {name: _rates(mine) for name, mine in by_kind(every).items()},
        "all": _rates(every),
        "unpaired": [len(report["episodes"]) - len(every) for report in (first, second)],
    }


def by_kind(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Return the pairs by their kind of condition, be it of one report alone or the same in both.

    A split with kinds against ``seen`` so tells what each kind costs; kinds that differ within a
    pair are left out.
    """
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        kinds = {one["kind"] for one in pair if "kind" in one}
        if len(kinds) == 1:
            found.setdefault(str(kinds.pop()), []).append(pair)
    return dict(sorted(found.items()))


def rates(pairs: Sequence[Pair], verdict: str) -> PairedRates:
    """Return how often a verdict was met by the first, the second, both or neither."""
    return PairedRates.of([(one[verdict], other[verdict]) for one, other in pairs])


def _rates(pairs: Sequence[Pair]) -> dict[str, Any]:
    return {verdict: rates(pairs, verdict).as_dict() for verdict in VERDICTS}


def _named(report: Mapping[str, Any], path: Path) -> dict[str, Any]:
    return {"file": str(path), **{name: report[name] for name in NEEDED}}


def table(report: Mapping[str, Any], verdict: str) -> Table:
    """Return one row a task, one a kind where there are some, and one of all pairs."""
    named = "\n".join(f"{side}: {title(report[side])}" for side in ("first", "second"))
    drawn = Table(title=f"{named}\n{verdict}")
    for heading in HEADINGS:
        drawn.add_column(heading)
    for part in ("tasks", "kinds"):
        for name, row in report[part].items():
            drawn.add_row(name, *_cells(row[verdict]))
        drawn.add_section()
    drawn.add_row("all", *_cells(report["all"][verdict]))
    left_out = ", ".join(map(str, report["unpaired"]))
    drawn.caption = f"episodes without a partner or not judged: {left_out}"
    return drawn


def gap(row: Mapping[str, Any]) -> str:
    """Return second less first with its interval, as printed in tables."""
    return "{value:+.3f} [{lo:+.3f}, {hi:+.3f}]".format(**row["difference"])


def _cells(row: Mapping[str, Any]) -> list[str]:
    first, second = (f"{row[side]['rate']:.3f}" for side in ("first", "second"))
    alone = [str(row[name]) for name in ("only_first", "only_second")]
    return [str(row["n"]), first, second, gap(row), *alone, f"{row['p']:.3g}"]
