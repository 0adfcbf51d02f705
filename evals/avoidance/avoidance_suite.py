"""``canter eval avoidance``: blind teleoperation into things, the same drives with and without."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from canter.control.errors import CanterError
from canter.evals.avoidance.blind_drive import BlindDrive, drive
from canter.evals.options import EvalAvoidance
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, wilson
from canter.evals.tasks.episode_group import FIRST_SEED, GROUP_SIZE
from canter.sim.robots.registry import robot
from canter.sim.scenes.scene import LEVELS, Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task


def main(options: EvalAvoidance) -> int:
    """Measure, print a table and write JSON where asked.

    Raises:
        CanterError: no runs, no time, or no such task or robot.
    """
    if options.runs < 1 or not options.seconds > 0:
        raise CanterError(f"{options.runs} runs of {options.seconds} s: need one, and over 0 s")
    check_writable(options.json)
    spec, groups = robot(options.robot), scene_groups(options)
    found: dict[str, list[BlindDrive]] = {"with": [], "without": []}
    with Progress(transient=True) as bar:
        row = bar.add_task("drives", total=2 * options.runs)
        for scenes in groups:
            for name, drives in found.items():
                avoid, back = name == "with", options.backwards
                drives.extend(drive(scenes, spec, options.seconds, avoid=avoid, backwards=back))
                bar.advance(row, len(scenes))
    rows = {name: figures(drives) for name, drives in found.items()}
    Console().print(_table(rows))
    names = ("runs", "seconds", "seed", "robot")
    asked = {name: getattr(options, name) for name in names}
    words = command_line("eval avoidance", asked | {"tasks": options.tasks})
    words += " --backwards" if options.backwards else ""
    report = document(
        "avoidance",
        words,
        **asked,
        tasks=options.tasks,
        backwards=options.backwards,
        avoidance={name: _plain(row) for name, row in rows.items()},
        drives={name: [asdict(one) for one in drives] for name, drives in found.items()},
    )
    write_json(options.json, report)
    return 0


def scene_groups(options: EvalAvoidance) -> list[list[Scene]]:
    """Return the scenes of the runs, each group of one task, tasks and levels taking turns."""
    groups: list[list[Scene]] = []
    first, left, turn = FIRST_SEED + options.seed, options.runs, 0
    while left > 0:
        name = options.tasks[turn % len(options.tasks)]
        level = LEVELS[-1 - turn // len(options.tasks) % 2]
        count = min(GROUP_SIZE, left)
        seeds = range(first + options.runs - left, first + options.runs - left + count)
        groups.append([task(name).sample(SceneRequest(seed, level)) for seed in seeds])
        left, turn = left - count, turn + 1
    return groups


def figures(drives: Sequence[BlindDrive]) -> dict[str, int | float | Rate]:
    """Return the figures of some drives."""
    touches = sum(one.touched_s is not None for one in drives)
    return {
        "n": len(drives),
        "touched": touches,
        "touch_rate": wilson(touches, len(drives)),
        "fell": sum(one.fell for one in drives),
        "way": float(np.mean([one.way for one in drives])),
        "changed": float(np.mean([one.changed for one in drives])),
    }


def _plain(row: dict[str, int | float | Rate]) -> dict[str, Any]:
    return {k: v.as_dict() if isinstance(v, Rate) else v for k, v in row.items()}


def _table(rows: dict[str, dict[str, int | float | Rate]]) -> Table:
    table = Table("avoidance", "n", "touched something", "rate", "fell", "way m", "changed")
    for name, row in rows.items():
        table.add_row(
            name,
            str(row["n"]),
            str(row["touched"]),
            str(row["touch_rate"]),
            str(row["fell"]),
            f"{row['way']:.2f}",
            f"{row['changed']:.1%}",
        )
    return table
