"""``canter dataset check`` and ``canter dataset stats``."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.dataset.options import DatasetCheck, DatasetStats
from canter.datasets.lerobot.check import Fault, check
from canter.datasets.lerobot.episode import EXPERT, NOISY
from canter.datasets.lerobot.episode_rows import Entry
from canter.datasets.lerobot.reader import Dataset
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, wilson

EXIT_FAULTS = 1


def main(options: DatasetCheck) -> int:
    """Check a data set and name its faults; returns 0 if there are none, else 1.

    Raises:
        CanterError: there is no such folder, or the JSON file cannot be written.
    """
    check_writable(options.json)
    console = Console()
    with console.status("checking") as status:
        faults = check(options.folder, lambda name: status.update(f"checking {name}"))
    for fault in faults:
        console.print(f"[bold]{fault.kind}[/bold]: ", end="")
        console.print(fault.text, markup=False, highlight=False)
    told = f"{len(faults)} faults" if faults else "no faults"
    console.print(f"{options.folder}: {told}", markup=False)
    command = command_line("dataset check", {}) + f" {options.folder}"
    write_json(options.json, document("dataset check", command, faults=_as_dicts(faults)))
    return EXIT_FAULTS if faults else 0


def _as_dicts(faults: Sequence[Fault]) -> list[dict[str, str]]:
    return [{"kind": fault.kind, "text": fault.text} for fault in faults]


def stats(options: DatasetStats) -> int:
    """Count a data set's episodes and print a table; returns 0.

    Raises:
        CanterError: the data set cannot be read, or the JSON file cannot be written.
    """
    check_writable(options.json)
    dataset = Dataset(options.folder)
    groups: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for entry in dataset.entries:
        groups[entry.record.family, entry.record.level].append(entry)
    figures = {
        f"{name} {level}": _figures(of, dataset.info.fps)
        for (name, level), of in sorted(groups.items())
    }
    figures["all"] = _figures(dataset.entries, dataset.info.fps)
    _show(figures)
    command = command_line("dataset stats", {}) + f" {options.folder}"
    info = dataset.info
    totals = {"episodes": info.episodes, "frames": info.frames, "tasks": info.tasks}
    write_json(options.json, document("dataset stats", command, **totals, groups=figures))
    return 0


def _figures(entries: Sequence[Entry], fps: int) -> dict[str, Any]:
    """Return the counts and rates of some episodes; the expert's rate is of those undisturbed."""
    records = [entry.record for entry in entries]
    own = [record for record in records if record.driver == EXPERT]
    return {
        "episodes": len(records),
        "hours": sum(entry.length for entry in entries) / fps / 3600,
        "noisy": sum(record.driver == NOISY for record in records),
        "drivers": dict(Counter(record.driver for record in records).most_common()),
        "sub_optimal": sum(record.sub_optimal for record in records),
        "strict": wilson(sum(r.strict for r in records), len(records)).as_dict(),
        "quard": wilson(sum(r.quard for r in records), len(records)).as_dict(),
        "expert_strict": wilson(sum(r.strict for r in own), len(own)).as_dict(),
        "instructions": len({record.instruction for record in records}),
        "reasons": dict(Counter(r.reason for r in records if not r.strict).most_common()),
    }


def _show(figures: dict[str, dict[str, Any]]) -> None:
    columns = ("episodes", "minutes", "noisy", "instructions", "strict", "expert alone", "failures")
    table = Table("family, level", *columns)
    for name, group in figures.items():
        reasons = ", ".join(f"{reason} {count}" for reason, count in group["reasons"].items())
        rates = (str(Rate(**group[rate])) for rate in ("strict", "expert_strict"))
        counts = (str(group[key]) for key in ("noisy", "instructions"))
        minutes = f"{60 * group['hours']:.1f}"
        table.add_row(name, str(group["episodes"]), minutes, *counts, *rates, reasons)
    Console().print(table)
