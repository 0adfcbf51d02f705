"""``canter doctor``: what works on this machine, and the one line that mends what does not."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from canter.doctor.probes import Check, gather
from canter.run.options import DoctorOptions

MARKS: dict[str, str] = {
    "ok": "[green]works[/]",
    "missing": "[yellow]missing[/]",
    "broken": "[red]broken[/]",
}


def main(options: DoctorOptions) -> int:
    """Print what was found; return 0 if the core works, 1 otherwise."""
    checks = examine()
    if options.json:
        found = {"core_works": core_works(checks), "checks": [asdict(check) for check in checks]}
        print(json.dumps(found, indent=2))
    else:
        show(checks, Console())
    return 0 if core_works(checks) else 1


def examine() -> list[Check]:
    """Take every look, several at a time, and return what they found in a fixed order."""
    with ThreadPoolExecutor() as pool:
        found = [pool.submit(look) for look in gather()]
    return [check for future in found for check in future.result()]


def core_works(checks: Sequence[Check]) -> bool:
    """Tell whether all that ``canter run`` needs works."""
    return all(check.status == "ok" for check in checks if check.core)


def show(checks: Sequence[Check], console: Console) -> None:
    """Print the checks as a table, what mends the failed ones, and a verdict."""
    table = Table("what", "state", "found")
    for check in checks:
        name = f"[bold]{check.name}[/]" if check.core else check.name
        table.add_row(name, MARKS[check.status], escape(check.detail))
    console.print(table)
    for check in checks:
        if check.remedy:
            console.print(f"to mend {check.name}: {escape(check.remedy)}", soft_wrap=True)
    if core_works(checks):
        console.print("The core works (bold rows); the other rows are optional.")
    else:
        console.print("The core does not work yet: mend the bold rows that are broken or missing.")
